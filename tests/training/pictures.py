"""Small pictures of an easy finding, and a project full of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from PIL import Image as Picture

RECIPE = {"size": 32, "epochs": 4, "batch": 16, "threads": 1, "augmentation": "none"}


def blob(present: bool, rng: np.random.Generator) -> bytes:
    """A grey picture, with a bright disc where the finding is present."""
    pixels = rng.normal(90, 12, (48, 48))
    if present:
        y, x = rng.integers(12, 36, 2)
        rows, columns = np.ogrid[:48, :48]
        pixels[(rows - y) ** 2 + (columns - x) ** 2 < 60] += 90
    out = io.BytesIO()
    Picture.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "png")
    return out.getvalue()


def table(folder: Path, count: int, column: str = "nodule") -> Path:
    """A folder with so many pictures and labels.csv: file, patient, and a column of 0 and 1."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(count):
        present = bool(rng.random() < 0.5)
        (folder / f"{number}.png").write_bytes(blob(present, rng))
        rows.append({"file": f"{number}.png", "patient_id": f"P{number}", column: str(int(present))})
    path = folder / "labels.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "patient_id", column])
        writer.writeheader()
        writer.writerows(rows)
    return path
