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

    def of_patient(self, name: str) -> Generator:
        return np.random.default_rng([self.patient, 0, crc32(name.encode())])

    def of_image(self, name: str) -> Generator:
        return np.random.default_rng([self.seed, 1, crc32(name.encode())])
