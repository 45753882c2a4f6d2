"""Write frontal synthetic films with the truth of lungs and heart: python -m phantom.anatomy OUT --count N.

NAME.png is the film, NAME_lungs.png and NAME_heart.png its masks (255 inside), and truth.csv has a row each: heart and thorax
are their widest extents in pixels (first column, column after the last), from which the cardiothoracic ratio follows.

The lungs are drawn as people draw them who include what lies behind the heart: where `AIR` centimetres of air are in the
beam's way, but beside the spine.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from phantom.chest import Chest, chest_project
from phantom.findings import FINDINGS, REGISTRY
from phantom.lungs import Lungs
from phantom.patient import Pose
from phantom.projection import Projection
from phantom.raster import BILINEAR, turn
from phantom.render import FINEST, Radiograph, draw_findings, render
from phantom.streams import Streams

AIR = 1.5
SPINE = 2.2
"""Half its width, cm."""
EASE = 0.5
PREVALENCE = dict.fromkeys(FINDINGS, 0.15) | {"cardiomegaly": 0.35}
COLUMNS = (
    *("file", "lungs", "heart", "patient_id", "view", "sex", "age"),
    *("heart_x0", "heart_x1", "thorax_x0", "thorax_x1", "ratio"),
)


@dataclass(frozen=True)
class Anatomy:
    """Masks (H, W) bool. heart_ends, thorax_ends: first column and the column after the last, at their widest, pixels."""

    lungs: NDArray[np.bool_]
    heart: NDArray[np.bool_]
    heart_ends: tuple[float, float]
    thorax_ends: tuple[float, float]

    @property
    def ratio(self) -> float:
        """Cardiothoracic: the heart's width over that of the inside of the ribs."""
        heart = self.heart_ends[1] - self.heart_ends[0]
        return heart / (self.thorax_ends[1] - self.thorax_ends[0])


def film_with_anatomy(seed: int, findings: Mapping[str, float], size: int) -> tuple[Radiograph, Anatomy]:
    """A frontal film of size x size pixels and its truth; the same arguments give the same bytes."""
    film = render(seed, findings, size=size, difficulty=1 - EASE)
    chest = chest_project(Projection(film.patient, film.pose, min(size, FINEST)), Streams.seeded(seed, None))
    return film, anatomy_of(chest, _lungs(chest, findings), film.pose, size)


def anatomy_of(chest: Chest, parts: Lungs, pose: Pose, size: int) -> Anatomy:
    """The truth of the frontal film of a chest with these lungs about its heart."""
    x = chest.projection.x
    air = (parts.right + parts.left > AIR) & (np.abs(x) > SPINE)
    lungs = _turned(air, pose, size)
    heart = _turned(parts.heart & (chest.projection.z < chest.domes.left + 1), pose, size)
    inside = _turned(np.abs(x) < parts.wall, pose, size)
    return Anatomy(lungs, heart, widest(heart), _thorax(lungs, inside))


def widest(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The first column of a mask (H, W) and the column after its last; 0, 0 for an empty one."""
    columns = np.flatnonzero(mask.any(0))
    if not len(columns):
        return 0.0, 0.0
    return float(columns[0]), float(columns[-1] + 1)


def anatomy_write(seed: int, size: int, out: Path) -> dict[str, str]:
    """Write one film with its masks, and return its row of the table."""
    film, truth = film_with_anatomy(seed, draw_findings(seed, PREVALENCE), size)
    name = f"{seed:06d}"
    Image.fromarray(film.display()).save(out / f"{name}.png")
    Image.fromarray(truth.lungs.astype(np.uint8) * 255).save(out / f"{name}_lungs.png")
    Image.fromarray(truth.heart.astype(np.uint8) * 255).save(out / f"{name}_heart.png")
    ends = (*truth.heart_ends, *truth.thorax_ends, round(truth.ratio, 4))
    person = (f"PHANTOM-{name}", film.pose.view, film.patient.sex, film.patient.age)
    values = (f"{name}.png", f"{name}_lungs.png", f"{name}_heart.png", *person, *ends)
    return dict(zip(COLUMNS, map(str, values), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write synthetic chest films with masks of lungs and heart.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=160)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "truth.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for index in range(options.count):
            table.writerow(anatomy_write(options.seed * 1_000_000 + index, options.size, options.out))
            file.flush()


def _lungs(chest: Chest, findings: Mapping[str, float]) -> Lungs:
    """As `render` takes them: about an enlarged heart where a finding enlarges it."""
    for name, severity in findings.items():
        if enlarge := REGISTRY[name].ctr:
            return chest.lungs_about(enlarge(severity, EASE))
    return chest.lungs


def _thorax(lungs: NDArray[np.bool_], inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Inside the ribs, at its widest among the rows of the lungs; 0, 0 without any."""
    return widest(inside & lungs.any(1, keepdims=True))


def _turned(mask: NDArray[np.bool_], pose: Pose, size: int) -> NDArray[np.bool_]:
    return turn(mask.astype(np.float32), pose.turn, size, BILINEAR) > 0.5


if __name__ == "__main__":
    main()
