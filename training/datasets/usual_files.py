"""The files that a public data set comes with, by their usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.datasets.errors import DatasetError
from training.datasets.splits import split_of
from training.datasets.words import plain

DEPTH = 3  # folders below the data set's own in which its tables lie


def usual_file(folder: Path, pattern: str, *, what: str) -> Path:
    """The one file in the folder, or a little below, whose whole name fits a regular expression, whatever its case.

    Raises DatasetError where there is none, or where there are several.
    """
    found = usual_files(folder, pattern)
    if not found:
        raise DatasetError(f"There is no {what} in the folder. Name the table.")
    if len(found) > 1:
        names = ", ".join(str(path.relative_to(folder)) for path in found[:4])
        raise DatasetError(f"Several files may be the {what}: {names}. Name the table.")
    return found[0]


def usual_files(folder: Path, pattern: str) -> list[Path]:
    """All files that fit, sorted. None that a link leads out of the folder to."""
    wanted = re.compile(pattern, re.IGNORECASE)
    root = folder.resolve()
    found = []
    for depth in range(DEPTH):
        for path in folder.glob("*/" * depth + "*"):
            if wanted.fullmatch(path.name) and path.is_file() and path.resolve().is_relative_to(root):
                found.append(path)
    return sorted(found)


def split_of_file(path: Path) -> str:
    """The split that a file's name speaks of, as in ISIC_2019_Training_GroundTruth.csv; "" if it speaks of none."""
    for word in re.split(r"[^A-Za-z]+", path.stem):
        if split := split_of(word):
            return split
    return ""


def column_among(header: Iterable[str], names: Sequence[str]) -> str:
    """The first of these columns that a table has, as the table spells it; "" if it has none."""
    by_plain = {plain(name): name for name in header if name}
    for name in names:
        if plain(name) in by_plain:
            return by_plain[plain(name)]
    return ""
