import csv

import numpy as np
import pytest
from PIL import Image

from training.engine.starter.recipe import StarterRecipe

SOURCE = "NIH ChestX-ray8"
TABLES = {
    "cxr_kermany_224": [
        {"file": "a.png", "patient_id": "IM-1", "label": "NORMAL", "aetiology": ""},
        {"file": "b.png", "patient_id": "IM-2", "label": "PNEUMONIA", "aetiology": "virus"},
        {"file": "c.png", "patient_id": "IM-2", "label": "PNEUMONIA", "aetiology": "bacteria"},
    ],
    "cxr_mixed_512": [
        {
            "file": "a.png",
            "patient_id": "NIH-7",
            "view": "PA",
            "findings": "Mass",
            "sex": "M",
            "age": "60",
            "source": SOURCE,
        },
        {
            "file": "b.png",
            "patient_id": "HMM-1",
            "view": "AP",
            "findings": "COVID-19",
            "sex": "",
            "age": "",
            "source": "COVID",
        },
    ],
    "cxr_nih_256": [
        {
            "file": "a.png",
            "patient_id": "NIH-7",
            "view": "AP",
            "findings": "Edema|Mass",
            "sex": "F",
            "age": "411",
            "source": SOURCE,
        }
    ],
    "cxr_nih_64": [
        {
            "file": "a.png",
            "patient_id": "NIH-8",
            "view": "PA",
            "findings": "No_Finding",
            "sex": "F",
            "age": "30",
            "source": SOURCE,
        }
    ],
}


@pytest.fixture
def packs(tmp_path):
    """Seven films in four packs; the patient NIH-7 is in two of them."""
    rng = np.random.default_rng(0)
    for pack, rows in TABLES.items():
        folder = tmp_path / "packs" / pack
        folder.mkdir(parents=True)
        with (folder / "labels.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
        for row in rows:
            Image.fromarray(rng.integers(0, 256, (40, 32), np.uint8)).save(folder / row["file"])
    return tmp_path / "packs"


@pytest.fixture
def recipe():
    """As small as a network can be made: seven films of 32 pixels, three steps."""
    return StarterRecipe(architecture="tiny_cnn", size=32, crop=24, steps=3, films=4)
