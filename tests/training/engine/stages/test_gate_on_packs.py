"""The gate on real films: fitted on some patients of two packs, and asked about others and about what is no film."""

import csv

import numpy as np
import pytest
from PIL import Image

from inference.engine.stages import open_stage
from inference.engine.stages.results import StageImage
from tests.shared import SHARED, needs
from training.engine.stages.gate import fit

pytestmark = needs("data")
PACKS = ("cxr_nih_256", "cxr_mixed_512")


def image(path):
    with Image.open(path) as picture:
        return StageImage(np.asarray(picture.convert("RGB" if picture.mode != "L" else "L"), np.float32) / 255)


def table(pack):
    with (SHARED / "data" / pack / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def films(last_digits):
    """Films of the patients whose number ends so."""
    chosen = [(pack, row) for pack in PACKS for row in table(pack) if row["patient_id"][-1] in last_digits]
    return [image(SHARED / "data" / pack / row["file"]) for pack, row in chosen]


@pytest.fixture(scope="module")
def gate():
    return open_stage(fit(films("01234567")))


def verdict(gate, row):
    (result,) = gate.examine([image(SHARED / "data" / "out_of_distribution" / row["file"])])
    return result.verdict


def test_what_is_no_chest_film_or_spoiled_abstains(gate):
    rows = [row for row in table("out_of_distribution") if row["expected_gate"].startswith("reject")]
    passed = [row["file"] for row in rows if verdict(gate, row) != "abstain"]
    assert len(rows) > 20
    assert not passed


def test_an_inverted_film_warns(gate):
    rows = [row for row in table("out_of_distribution") if row["expected_gate"] == "warn_polarity"]
    assert [verdict(gate, row) for row in rows] == ["warn"] * len(rows)
    assert rows


def test_films_of_other_patients_pass(gate):
    verdicts = [result.verdict for result in gate.examine(films("89"))]
    assert len(verdicts) > 150
    assert verdicts.count("pass") >= 0.97 * len(verdicts)
