"""The stages that come with the product, on what no repository needs and, where ../shared is, on real films."""

import csv

import numpy as np
import pydicom
import pytest
from PIL import Image

from inference.engine.stages import open_stage, shipped
from inference.engine.stages.results import StageImage
from phantom import render
from tests.shared import SHARED, needs

PACKS = SHARED / "data"
real = needs("data")


@pytest.fixture(scope="module")
def view():
    return open_stage(shipped.find("view"))


@pytest.fixture(scope="module")
def lungs():
    return open_stage(shipped.find("lungs"))


def phantom(seed, view=None, tag=""):
    return StageImage(render(seed, size=256, view=view).display().astype(np.float32) / 255, tag)


def picture(path):
    return StageImage(np.asarray(Image.open(path).convert("L"), np.float32) / 255)


def codes(result):
    return [reason.code for reason in result.reasons]


@pytest.mark.parametrize("kind", ["view", "lungs"])
def test_a_shipped_stage_is_small_and_says_how_it_was_made(kind):
    assert sum(path.stat().st_size for path in (shipped.HERE / kind).iterdir()) < 2_000_000
    facts = shipped.find(kind).card.facts
    assert facts["command"].startswith(f"python -m training.engine.stages.make {kind}")
    assert facts["command"] in (shipped.HERE / kind / "README.md").read_text()


def test_a_synthetic_lateral_is_not_for_a_classifier_of_frontals(view):
    lateral, frontal = view.examine([phantom(900_001, "LATERAL", "LL"), phantom(900_002, "PA", "PA")])
    assert (lateral.verdict, codes(lateral)) == ("abstain", ["view_not_trained"])
    assert frontal.facts["view"] == "frontal"


@real
@pytest.mark.parametrize(
    ("name", "code"), [("upside_down", "turned"), ("mirrored", "mirrored"), ("inverted_polarity", "inverted")]
)
def test_a_film_that_lies_wrongly_is_named(view, name, code):
    (result,) = view.examine([picture(PACKS / "out_of_distribution/images" / f"chest_{name}.jpg")])
    assert codes(result) == [code]


@real
def test_a_tag_that_says_lateral_of_a_frontal_film_is_a_conflict(view):
    header = pydicom.dcmread(PACKS / "dicom/made__dx_view_tag_lateral_but_frontal.dcm")
    pixels = header.pixel_array.astype(np.float32)
    (result,) = view.examine([StageImage(pixels / pixels.max(), header.ViewPosition)])
    assert codes(result) == ["view_conflict"]
    assert (result.reasons[0].figures["tag_view"], result.reasons[0].figures["view"]) == ("lateral", "frontal")


@real
def test_the_lungs_of_real_films_are_inside_their_box(lungs):
    folder = PACKS / "lung_masks"
    with (folder / "labels.csv").open(newline="") as file:
        row = next(csv.DictReader(file))
    (result,) = lungs.examine([picture(folder / row["image"])])
    mask = np.asarray(Image.open(folder / row["mask"]).convert("L")) > 127
    x0, y0, x1, y1 = result.facts["box"]
    assert mask[y0:y1, x0:x1].sum() > 0.98 * mask.sum()
    assert len(result.facts["outlines"]) == 2


@real
@pytest.mark.parametrize("name", ["cat", "rocket", "blank_black"])
def test_what_is_no_chest_has_no_lungs(lungs, name):
    (result,) = lungs.examine([picture(PACKS / "out_of_distribution/images" / f"{name}.jpg")])
    assert codes(result) == ["lungs_not_found"]
