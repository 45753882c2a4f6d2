"""The films of the chest packs, without those of a pack that is left out nor any of its patients."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.preparation import Preparation
from training.engine.starter.findings import LAYOUT, Row, labels_of

PACKS = ("cxr_kermany_224", "cxr_mixed_512", "cxr_nih_256", "cxr_nih_64")
TABLE = "labels.csv"


@dataclass(frozen=True)
class Films:
    """images uint8 (N, S, S); labels float32 (N, F) by `findings.LAYOUT`, NaN where unknown; packs and patients (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    packs: NDArray[np.str_]
    patients: NDArray[np.str_]


def films_read(folder: Path, preparation: Preparation, without: Sequence[str] = ()) -> Films:
    """The films of all packs in `folder`, in the order of their tables, but for those left out.

    A patient of a pack in `without` is left out of every pack. Raises ValueError for a pack there is not, or where no film
    is left; OSError where a table or an image is missing.
    """
    unknown = set(without) - set(PACKS)
    if unknown:
        raise ValueError(f"There is no pack {', '.join(sorted(unknown))}; there are {', '.join(PACKS)}.")
    tables = {pack: _rows(folder / pack / TABLE) for pack in PACKS}
    gone = {row["patient_id"] for pack in without for row in tables[pack]}
    kept = [(pack, row) for pack in PACKS for row in tables[pack] if row["patient_id"] not in gone]
    if not kept:
        raise ValueError("No film is left to learn from.")
    images = [preparation.pixels(_grey(folder / pack / row["file"])) for pack, row in kept]
    return Films(
        np.stack(images),
        np.stack([_label_row(row) for _, row in kept]),
        np.array([pack for pack, _ in kept]),
        np.array([row["patient_id"] for _, row in kept]),
    )


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _grey(path: Path) -> NDArray[np.float32]:
    """The image as floats (H, W) from 0 to 1."""
    with Image.open(path) as image:
        return np.asarray(image.convert("L"), np.float32) / np.float32(255)


def _label_row(row: Row) -> NDArray[np.float32]:
    known = labels_of(row)
    return np.array([known.get(output.name, np.nan) for output in LAYOUT], np.float32)
