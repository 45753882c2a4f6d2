"""A few drawn chests: two dark lungs and a heart that leans to the right of the picture. No real film."""

import csv

import numpy as np
import pytest
from PIL import Image


def chest(rng, size=96):
    """Film, lungs, heart (size, size) uint8; the heart's apex lies on the right of the picture, as on a real film."""
    rows, columns = np.mgrid[:size, :size] / size
    shift = rng.uniform(-0.04, 0.04)
    lungs = np.zeros((size, size), bool)
    for middle in (0.30, 0.72):
        lungs |= ((columns - middle - shift) / 0.16) ** 2 + ((rows - 0.45) / 0.30) ** 2 < 1
    heart = ((columns - 0.56 - shift) / 0.17) ** 2 + ((rows - 0.62) / 0.13) ** 2 < 1
    grey = np.where(lungs & ~heart, 60, 190) + rng.normal(0, 6, (size, size))
    grey[rows < 0.08] = 15
    return grey.clip(0, 255).astype(np.uint8), lungs, heart


def side(rng, size=96):
    """A lateral, of sorts: one dark field before a bright spine."""
    rows, columns = np.mgrid[:size, :size] / size
    field = ((columns - 0.45) / 0.24) ** 2 + ((rows - 0.45) / 0.36) ** 2 < 1
    grey = np.where(field, 70, 180) + rng.normal(0, 6, (size, size))
    grey[:, int(0.75 * size) : int(0.85 * size)] = 240
    return grey.clip(0, 255).astype(np.uint8)


def save(path, pixels):
    Image.fromarray(pixels).save(path)
    return path.name


def table(folder, name, rows):
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="session")
def packs(tmp_path_factory):
    """Two packs of drawn frontals, one with masks, and one that is no chest."""
    root = tmp_path_factory.mktemp("packs")
    rng = np.random.default_rng(0)
    for pack in ("one", "masked"):
        folder = root / pack
        folder.mkdir()
        rows = []
        for index in range(18):
            film, lungs, _ = chest(rng)
            row = {"file": save(folder / f"{index}.png", film), "patient_id": f"{pack} {index // 2}", "view": "PA"}
            row["image"] = row["file"]
            row["mask"] = save(folder / f"{index}_mask.png", lungs.astype(np.uint8) * 255)
            if pack == "one":
                del row["mask"]
            rows.append(row)
        table(folder, "labels.csv", rows)
    (root / "skin").mkdir()
    table(root / "skin", "labels.csv", [{"file": "a.png", "label": "naevus"}])
    return root


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory):
    """Drawn films in the tables that the programs for synthetic films write."""
    folder = tmp_path_factory.mktemp("phantoms")
    rng = np.random.default_rng(1)
    rows = []
    for index in range(40):
        film, lungs, heart = chest(rng)
        lateral = index % 2 == 1
        rows.append(
            {
                "file": save(folder / f"{index}.png", side(rng) if lateral else film),
                "lungs": save(folder / f"{index}_lungs.png", lungs.astype(np.uint8) * 255),
                "heart": save(folder / f"{index}_heart.png", heart.astype(np.uint8) * 255),
                "patient_id": f"phantom {index}",
                "view": "LATERAL" if lateral else "AP",
                "ratio": "0.46",
            }
        )
    table(folder, "truth.csv", rows)
    return folder
