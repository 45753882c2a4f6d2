"""The stage's decisions, on a graph that takes grey values for maps: dark is lung, white is heart."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from inference.engine.digest import ArtifactError
from inference.engine.stages import open_stage
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.lungs import OUTPUT
from inference.engine.stages.results import StageImage
from training.engine.stages.export import export

SIZE = 64
LIMITS = {
    "area_least": 0.1,
    "area_most": 0.7,
    "smaller_least": 0.4,
    "confidence_least": 0.9,
    "beside_least": 0.9,
    "solid_least": 0.8,
    "heart_confidence_least": 0.9,
}


class GreyReader(nn.Module):
    def forward(self, images):
        grey = images[:, 0]
        return torch.stack([30 * (0.25 - grey), 30 * (grey - 0.75)], 1)


@pytest.fixture(scope="module")
def bundle():
    onnx = export(GreyReader(), SIZE, (OUTPUT,))
    parameters = {"size": SIZE, "limits": LIMITS}
    return StageBundle.pack(kind="lungs", architecture="grey", parameters=parameters, arrays={}, onnx=onnx)


@pytest.fixture(scope="module")
def stage(bundle):
    return open_stage(bundle)


def film():
    """400 × 600: lungs of 200 × 150 about a heart of 80 × 180 between them."""
    pixels = np.full((400, 600), 0.5, np.float32)
    pixels[100:300, 100:250] = 0
    pixels[100:300, 330:480] = 0
    pixels[200:280, 210:390] = 1
    return pixels


def examine(stage, pixels):
    return stage.examine([StageImage(pixels)])[0]


def lacking(result):
    (reason,) = result.reasons
    assert (result.verdict, reason.code, result.facts) == ("warn", "lungs_not_found", {"found": False})
    return reason.figures["lacking"]


def test_the_box_is_a_tenth_larger_than_the_lungs_in_the_images_pixels(stage):
    result = examine(stage, film())
    assert result.verdict == "pass"
    # About x 100 to 480 and y 100 to 300; a pixel of the square is 9.4 of the image.
    assert np.abs(np.array(result.facts["box"]) - [62, 80, 518, 320]).max() <= 10


def test_the_box_ends_where_the_image_ends(stage):
    pixels = film()
    pixels[5:300, 3:250] = 0
    pixels[5:300, 330:480] = 0
    x0, y0, _, _ = examine(stage, pixels).facts["box"]
    assert (x0, y0) == (0, 0)


def test_outlines_from_left_to_right_lie_on_the_lungs(stage):
    first, second = examine(stage, film()).facts["outlines"]
    assert len(first) <= 80
    assert np.abs(np.array(first).min(0) - [100, 100]).max() < 12
    assert np.abs(np.array(second).max(0) - [480, 300]).max() < 12


def test_the_share_is_of_the_film_and_not_of_the_square(stage):
    dark = float((film() == 0).mean())
    assert examine(stage, film()).facts["area_share"] == pytest.approx(dark, abs=0.02)


def test_the_ratio_comes_with_its_lines(stage):
    measured = examine(stage, film()).facts["cardiothoracic"]
    assert measured["ratio"] == pytest.approx(180 / 380, abs=0.03)
    assert np.abs(np.array(measured["heart"])[:, 0] - [210, 390]).max() < 10
    assert np.abs(np.array(measured["thorax"])[:, 0] - [100, 480]).max() < 10


def test_without_a_heart_there_is_no_ratio(stage):
    pixels = film()
    pixels[pixels == 1] = 0.5
    assert "cardiothoracic" not in examine(stage, pixels).facts


def test_a_heart_beyond_the_ribs_gives_no_ratio(stage):
    pixels = film()
    pixels[200:280, 60:390] = 1
    assert "cardiothoracic" not in examine(stage, pixels).facts


def test_one_lung_is_not_both(stage):
    pixels = film()
    pixels[:, 300:] = 0.5
    assert lacking(examine(stage, pixels)) == ["lungs"]


def test_nothing_dark_is_no_lungs(stage):
    assert lacking(examine(stage, np.full((300, 300), 0.5, np.float32))) == ["lungs"]


def test_one_above_the_other_are_no_lungs(stage):
    assert "beside_least" in lacking(examine(stage, np.ascontiguousarray(film().T)))


def test_a_speck_beside_a_lung_is_no_lung(stage):
    pixels = film()
    pixels[100:300, 330:480] = 0.5
    pixels[150:220, 330:400] = 0
    assert "smaller_least" in lacking(examine(stage, pixels))


def test_unsure_lungs_are_not_found(stage):
    pixels = film()
    pixels[pixels == 0] = 0.22
    assert lacking(examine(stage, pixels)) == ["confidence_least"]


def test_a_lung_that_leaks_out_of_the_chest_is_no_lung(stage):
    pixels = film()
    pixels[280:300, 0:100] = 0
    pixels[100:280, 0:20] = 0
    assert "solid_least" in lacking(examine(stage, pixels))


def test_lungs_that_touch_are_told_apart(stage):
    pixels = film()
    pixels[pixels == 1] = 0.5
    pixels[100:300, 100:310] = pixels[190:200, 300:340] = 0
    pixels[100:300, 330:480] = 0
    assert len(examine(stage, pixels).facts["outlines"]) == 2


def test_a_card_without_limits_is_refused(bundle):
    with pytest.raises(ArtifactError, match="not that of a stage for lungs"):
        open_stage(replace(bundle, card=replace(bundle.card, parameters={"size": SIZE})))
