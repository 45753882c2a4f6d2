"""Films with masks of lungs, and synthetic ones with those of the heart too, to train the stage for lungs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.engine.stages.films import TRUTH, read_image, rows_of, tables, to_square


@dataclass(frozen=True)
class Pairs:
    """N films: squares, lungs, heart uint8 (N, S, S); masks are 255 inside. patients (N,) names.

    synthetic bool (N,): only those have a heart. ratios float (N,): their true cardiothoracic ratio, NaN for real films.
    """

    squares: NDArray[np.uint8]
    lungs: NDArray[np.uint8]
    heart: NDArray[np.uint8]
    synthetic: NDArray[np.bool_]
    patients: NDArray[np.str_]
    ratios: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.squares)

    def part(self, which: NDArray[np.bool_]) -> Pairs:
        """The pairs of a mask (N,)."""
        return Pairs(
            self.squares[which],
            self.lungs[which],
            self.heart[which],
            self.synthetic[which],
            self.patients[which],
            self.ratios[which],
        )

    @classmethod
    def joined(cls, several: Sequence[Pairs]) -> Pairs:
        return cls(
            np.concatenate([pairs.squares for pairs in several]),
            np.concatenate([pairs.lungs for pairs in several]),
            np.concatenate([pairs.heart for pairs in several]),
            np.concatenate([pairs.synthetic for pairs in several]),
            np.concatenate([pairs.patients for pairs in several]),
            np.concatenate([pairs.ratios for pairs in several]),
        )


def pairs_of_packs(packs: Path, size: int, without: Sequence[str] = ()) -> Pairs:
    """The real pairs of every pack whose table names masks. Raises ValueError where no pack is left."""
    found = []
    for table in tables(packs):
        rows = rows_of(table)
        if rows and "mask" in rows[0] and table.parent.name not in without:
            found.append(_real(table.parent, rows, size))
    if not found:
        raise ValueError(f"No pack of films with masks lies in {packs.name}.")
    return Pairs.joined(found)


def pairs_of_phantoms(folder: Path, size: int) -> Pairs:
    """Synthetic pairs written by `python -m phantom.anatomy`."""
    rows = rows_of(folder / TRUTH)
    return Pairs(
        squares=_squares(folder, [row["file"] for row in rows], size),
        lungs=_squares(folder, [row["lungs"] for row in rows], size),
        heart=_squares(folder, [row["heart"] for row in rows], size),
        synthetic=np.ones(len(rows), bool),
        patients=np.array([row["patient_id"] for row in rows], str),
        ratios=np.array([float(row["ratio"]) for row in rows]),
    )


def _real(folder: Path, rows: list[dict[str, str]], size: int) -> Pairs:
    squares = _squares(folder, [row["image"] for row in rows], size)
    return Pairs(
        squares=squares,
        lungs=_squares(folder, [row["mask"] for row in rows], size),
        heart=np.zeros_like(squares),
        synthetic=np.zeros(len(rows), bool),
        patients=np.array([row["patient_id"] for row in rows], str),
        ratios=np.full(len(rows), np.nan),
    )


def _squares(folder: Path, names: Sequence[str], size: int) -> NDArray[np.uint8]:
    return np.stack([to_square(read_image(folder / name), size) for name in names])
