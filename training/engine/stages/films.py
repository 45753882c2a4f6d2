"""Films to train a stage on, read from packs (a folder with labels.csv) and from folders of synthetic films (truth.csv)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.stages.results import StageImage
from inference.engine.stages.square import grey_square
from inference.engine.stages.view_tags import view_of_tag

TABLE, TRUTH = "labels.csv", "truth.csv"


@dataclass(frozen=True)
class Films:
    """N films of known view. squares uint8 (N, S, S); lateral and synthetic bool (N,); patients, packs (N,) names."""

    squares: NDArray[np.uint8]
    lateral: NDArray[np.bool_]
    synthetic: NDArray[np.bool_]
    patients: NDArray[np.str_]
    packs: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.squares)

    def part(self, which: NDArray[np.bool_]) -> Films:
        """The films of a mask (N,)."""
        return Films(
            self.squares[which], self.lateral[which], self.synthetic[which], self.patients[which], self.packs[which]
        )

    @classmethod
    def joined(cls, several: Sequence[Films]) -> Films:
        return cls(
            np.concatenate([films.squares for films in several]),
            np.concatenate([films.lateral for films in several]),
            np.concatenate([films.synthetic for films in several]),
            np.concatenate([films.patients for films in several]),
            np.concatenate([films.packs for films in several]),
        )


def films_of_packs(packs: Path, size: int, without: Sequence[str] = (), sources: Sequence[str] = ()) -> Films:
    """The real films of every pack in a folder that tells patients and views, in the packs' order by name.

    without: packs to be left out; sources: texts, and films whose column `via` contains one are left out. Raises ValueError
    where no pack is left.
    """
    chosen = [table for table in tables(packs) if table.parent.name not in without]
    read = [_films(table, size, synthetic=False, sources=sources) for table in chosen]
    if not read:
        raise ValueError(f"No pack of chest films lies in {packs.name}.")
    return Films.joined(read)


def films_of_phantoms(folder: Path, size: int) -> Films:
    """Synthetic films written by `python -m phantom`, with their truth."""
    return _films(folder / TRUTH, size, synthetic=True)


def tables(packs: Path) -> list[Path]:
    """The tables of those packs that have a column for the patient and one for the view."""
    found = []
    for table in sorted(packs.glob(f"*/{TABLE}")):
        with table.open(newline="") as file:
            columns = next(csv.reader(file), [])
        if {"patient_id", "view"} <= set(columns):
            found.append(table)
    return found


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def read_image(path: Path) -> StageImage:
    """A picture as a grey image of 0 to 1."""
    with Image.open(path) as picture:
        deep = picture.mode.startswith("I")
        pixels = np.asarray(picture if deep else picture.convert("L"), np.float32)
    return StageImage(pixels / np.float32(65535 if deep else 255))


def to_square(image: StageImage, size: int) -> NDArray[np.uint8]:
    """uint8 (size, size), letterboxed."""
    square, _ = grey_square(image, size)
    return np.rint(square * 255).astype(np.uint8)


def _films(table: Path, size: int, *, synthetic: bool, sources: Sequence[str] = ()) -> Films:
    rows = [row for row in rows_of(table) if view_of_tag(row["view"]) is not None]
    rows = [row for row in rows if not any(source in row.get("via", "") for source in sources)]
    squares = _squares([table.parent / (row.get("file") or row["image"]) for row in rows], size)
    lateral = np.array([view_of_tag(row["view"]) == "lateral" for row in rows], bool)
    patients = np.array([row["patient_id"] for row in rows], str)
    packs = np.full(len(rows), "phantom" if synthetic else table.parent.name)
    return Films(squares, lateral, np.full(len(rows), synthetic), patients, packs)


def _squares(paths: Iterable[Path], size: int) -> NDArray[np.uint8]:
    return np.stack([to_square(read_image(path), size) for path in paths])
