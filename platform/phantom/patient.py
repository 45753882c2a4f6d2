"""Who is imaged, and how that person stands before the detector."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.random import Generator

View = Literal["PA", "AP", "LATERAL"]
Sex = Literal["F", "M"]
HEALTHY_CTR = 0.497
"""Largest cardiothoracic ratio of a heart that is not enlarged; the usual limit is 0.50."""


@dataclass(frozen=True)
class Patient:
    """One invented person. Lengths are centimetres; habitus and breath are standard deviations from the mean."""

    sex: Sex
    age: int
    habitus: float
    ctr: float
    width: float
    height: float
    depth: float
    wall: float

    @classmethod
    def draw(cls, rng: Generator) -> "Patient":
        sex: Sex = "F" if rng.random() < 0.47 else "M"
        small = 0.91 if sex == "F" else 1.0
        habitus = float(np.clip(rng.normal(), -1.8, 2.2))
        return cls(
            sex=sex,
            age=int(np.clip(rng.normal(55, 17), 18, 92)),
            habitus=habitus,
            ctr=float(np.clip(rng.normal(0.481, 0.018), 0.39, HEALTHY_CTR)),
            width=small * (13.9 + 0.35 * habitus + rng.normal(0, 0.5)),
            height=small * (21.6 - 0.3 * habitus + rng.normal(0, 0.7)),
            depth=small * (8.6 + 0.5 * habitus),
            wall=1.9 + 0.75 * (habitus + 1.8),
        )


@dataclass(frozen=True)
class Pose:
    """View, breath and position of one exposure. Lengths are centimetres at the detector.

    rotation: of the thorax about the body's axis, radians; turn: of the film in its plane, degrees;
    field: side of the square image; left, top: its corner, where x = 0 is the spine and z = 0 the apex of the lungs.
    """

    view: View
    breath: float
    rotation: float
    turn: float
    field: float
    left: float
    top: float

    @classmethod
    def draw(cls, rng: Generator, patient: Patient, view: View) -> "Pose":
        breath = float(np.clip(rng.normal(), -2, 1.8)) - (0.9 if view == "AP" else 0)
        field = 2.66 * patient.width * rng.uniform(0.97, 1.13)
        return cls(
            view=view,
            breath=breath,
            rotation=rng.normal(0, 0.05),
            turn=rng.normal(0, 1.3),
            field=field,
            left=rng.normal(0, 0.5) - field / 2,
            top=-field * rng.uniform(0.09, 0.16),
        )

    @property
    def side_on(self) -> bool:
        return self.view == "LATERAL"

    @property
    def sideways(self) -> float:
        """Shift in x per centimetre towards the front, by rotation of the patient."""
        return math.tan(self.rotation)
