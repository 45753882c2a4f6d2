"""Random streams by name, so that drawing one thing never moves another."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Streams:
    """One stream per name: `of_patient` is the same in all images of a patient, `of_image` differs between them.

    Both seeds are integers >= 0.
    """

    seed: int
    patient: int

    @classmethod
    def seeded(cls, seed: int, patient: int | None) -> "Streams":
        """Without a seed of its own the patient has the image's."""
        if patient is None:
            patient = seed
        return cls(seed, patient)

    def of(self, name: str, *, lasting: bool) -> Generator:
        """The patient's stream for what lasts from image to image, else the image's."""
        if lasting:
            return self.of_patient(name)
        return self.of_image(name)

    def of_patient(self, name: str) -> Generator:
        return np.random.default_rng([self.patient, 0, crc32(name.encode())])

    def of_image(self, name: str) -> Generator:
        return np.random.default_rng([self.seed, 1, crc32(name.encode())])
