"""The stage's decisions, on a graph that reads its answers off the square's corners."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from inference.engine.digest import ArtifactError
from inference.engine.stages import open_stage
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from inference.engine.stages.view import OUTPUT, put_right
from training.engine.stages.export import export

SIZE = 16
LIMITS = {"frontal": 0.6, "lateral": 0.8, "turned": 0.7, "mirrored": 0.9, "inverted": 0.7}


class CornerReader(nn.Module):
    """An upright film has its brightest corner at the upper left; a mirrored one at the upper right. Dark: inverted.

    The middle is grey in a frontal film, and black or white in a lateral one.
    """

    def forward(self, images):
        corners = [images[:, 0, 0, 0], images[:, 0, 0, -1], images[:, 0, -1, -1], images[:, 0, -1, 0]]
        away = torch.stack(corners, 1) - images[:, 0, 0:1, 5]
        inverted = -20 * (away.sum(1) - 0.25)
        middle = images[:, 0, 8, 8]
        lateral = 60 * ((middle - images[:, 0, 0, 5]).abs() - 0.2)
        mirrored = 20 * (images[:, 0, 1, 2] - images[:, 0, 0, 5] - 0.25)
        return torch.cat([lateral[:, None], 20 * away.abs(), mirrored[:, None], inverted[:, None]], 1)


def film(middle=0.5, mark=False):
    pixels = np.full((SIZE, SIZE), 0.5, np.float32)
    pixels[0, 0] = 1
    pixels[8, 8] = middle
    pixels[1, 2] = 1.0 if mark else 0.5
    return pixels


@pytest.fixture(scope="module")
def bundle():
    onnx = export(CornerReader(), SIZE, (OUTPUT,))
    parameters = {"size": SIZE, "limits": LIMITS}
    return StageBundle.pack(kind="view", architecture="corners", parameters=parameters, arrays={}, onnx=onnx)


@pytest.fixture(scope="module")
def stage(bundle):
    return open_stage(bundle)


def examine(stage, pixels, view=""):
    (result,) = stage.examine([StageImage(np.ascontiguousarray(pixels), view)])
    return result


def codes(result):
    return [reason.code for reason in result.reasons]


def test_an_upright_frontal_film_passes(stage):
    result = examine(stage, film(), "PA")
    assert result.verdict == "pass"
    assert result.facts["view"] == "frontal"
    assert (result.facts["turned"], result.facts["mirrored"], result.facts["inverted"]) == (0, False, False)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_film_is_named_with_its_degrees(stage, quarters):
    result = examine(stage, np.rot90(film(), -quarters))
    assert result.verdict == "warn"
    assert codes(result) == ["turned"]
    assert result.facts["turned"] == result.reasons[0].figures["degrees"] == 90 * quarters


def test_an_inverted_film_is_named(stage):
    result = examine(stage, 1 - film())
    assert codes(result) == ["inverted"]
    assert result.facts["inverted"] is True


def test_view_and_side_are_read_once_the_film_is_put_right(stage):
    result = examine(stage, np.rot90(1 - film(mark=True), -2))
    assert codes(result) == ["turned", "mirrored", "inverted"]
    assert result.facts["view"] == "frontal"


def test_a_tag_against_the_pixels_is_a_conflict_that_names_both(stage):
    result = examine(stage, film(), "LL")
    assert result.verdict == "warn"
    figures = result.reasons[0].to_dict()
    assert (figures["code"], figures["tag"], figures["view"]) == ("view_conflict", "LL", "frontal")


def test_an_unknown_tag_is_no_conflict(stage):
    assert examine(stage, film(), "SCOUT").verdict == "pass"


def test_a_lateral_is_not_for_a_classifier_of_frontals(stage):
    result = examine(stage, film(middle=0.0, mark=True), "LATERAL")
    assert result.verdict == "abstain"
    assert codes(result) == ["view_not_trained"]
    assert result.facts["mirrored"] is False


def test_a_lateral_passes_where_the_classifier_was_trained_on_both(bundle):
    parameters = {**bundle.card.parameters, "views": ["frontal", "lateral"]}
    both = replace(bundle, card=replace(bundle.card, parameters=parameters))
    assert examine(open_stage(both), film(middle=0.0), "LL").verdict == "pass"


def test_a_doubtful_view_says_nothing(stage):
    result = examine(stage, film(middle=0.71), "PA")
    assert result.facts["view"] == "lateral"
    assert 0.5 < result.facts["view_probability"] < LIMITS["lateral"]
    assert result.verdict == "pass"


def test_an_image_is_read_the_same_beside_others(stage):
    turned = StageImage(np.ascontiguousarray(np.rot90(film())))
    alone = stage.examine([turned])
    assert stage.examine([StageImage(film()), turned])[1] == alone[0]


def test_putting_right_undoes_turning_and_inverting():
    pixels = np.arange(9, dtype=np.float32).reshape(3, 3) / 8
    assert np.array_equal(put_right(np.rot90(1 - pixels, -1), 1, inverted=True), pixels)


def test_a_card_without_limits_is_refused(bundle):
    with pytest.raises(ArtifactError, match="not that of a stage for views"):
        open_stage(replace(bundle, card=replace(bundle.card, parameters={"size": SIZE})))
