"""The stage's decisions, on a graph that reads its answers off marks on the square's edges."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from inference.engine.digest import ArtifactError
from inference.engine.stages import open_stage
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from inference.engine.stages.view import OUTPUT, POSES, posed
from training.engine.stages.export import export

SIZE = 16
LIMITS = {"frontal": 0.6, "lateral": 0.8, "turned": 0.7, "mirrored": 0.9, "inverted": 0.7}


class MarkReader(nn.Module):
    """Says what it sees in the square before it. An upright film has a mark in the middle of its upper edge.

    A film that is not mirrored has another in the corner before that, clockwise, and a mirrored one in the corner after it. The
    middle is as grey as the ground in a frontal film, and the ground is dark.
    """

    def forward(self, images):
        grey = images[:, 0]
        ground = grey[:, 5, 5]
        corners = torch.stack([grey[:, 0, 0], grey[:, 0, -1], grey[:, -1, -1], grey[:, -1, 0]], 1)
        edges = torch.stack([grey[:, 0, 8], grey[:, 8, -1], grey[:, -1, 8], grey[:, 8, 0]], 1)
        marked = (edges - ground[:, None]).abs()
        mirrored = 40 * (marked * (corners.roll(-1, 1) - corners)).sum(1) * (0.5 - ground).sign()
        lateral = 60 * ((grey[:, 8, 8] - ground).abs() - 0.2)
        inverted = 60 * (ground - 0.5)
        return torch.cat([lateral[:, None], 20 * marked, mirrored[:, None], inverted[:, None]], 1)


def film(middle=0.0):
    """A frontal film; `middle` is how much brighter its middle is than its ground."""
    pixels = np.full((SIZE, SIZE), 0.2, np.float32)
    pixels[0, 7:9] = 0.9
    pixels[0, 0] = 0.9
    pixels[7:9, 7:9] += np.float32(middle)
    return pixels


@pytest.fixture(scope="module")
def bundle():
    onnx = export(MarkReader(), SIZE, (OUTPUT,))
    parameters = {"size": SIZE, "limits": LIMITS}
    return StageBundle.pack(kind="view", architecture="marks", parameters=parameters, arrays={}, onnx=onnx)


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


def test_a_mirrored_film_is_named(stage):
    result = examine(stage, film()[:, ::-1])
    assert codes(result) == ["mirrored"]
    assert result.facts["mirrored"] is True


def test_view_and_side_are_read_once_the_film_is_put_right(stage):
    result = examine(stage, 1 - np.rot90(film()[:, ::-1], -2))
    assert codes(result) == ["turned", "mirrored", "inverted"]
    assert result.facts["turned"] == 180
    assert result.facts["view"] == "frontal"


@pytest.mark.parametrize("quarters", range(4))
def test_the_answer_turns_with_the_film(stage, quarters):
    still = stage.find(StageImage(film(middle=0.3)))
    turned = stage.find(StageImage(np.ascontiguousarray(np.rot90(film(middle=0.3), -quarters))))
    assert turned.turned == 90 * quarters
    assert turned.lateral == pytest.approx(still.lateral)
    assert turned.mirrored_probability == pytest.approx(still.mirrored_probability)


def test_a_tag_against_the_pixels_is_a_conflict_that_names_both(stage):
    result = examine(stage, film(), "LL")
    assert result.verdict == "warn"
    figures = result.reasons[0].to_dict()
    assert (figures["code"], figures["tag"], figures["view"]) == ("view_conflict", "LL", "frontal")


def test_an_unknown_tag_is_no_conflict(stage):
    assert examine(stage, film(), "SCOUT").verdict == "pass"


def test_a_lateral_is_not_for_a_classifier_of_frontals(stage):
    result = examine(stage, film(middle=0.6), "LATERAL")
    assert result.verdict == "abstain"
    assert codes(result) == ["view_not_trained"]
    assert result.facts["mirrored"] is False


def test_a_lateral_passes_where_the_classifier_was_trained_on_both(bundle):
    parameters = {**bundle.card.parameters, "views": ["frontal", "lateral"]}
    both = replace(bundle, card=replace(bundle.card, parameters=parameters))
    assert examine(open_stage(both), film(middle=0.6), "LL").verdict == "pass"


def test_a_doubtful_view_says_nothing(stage):
    result = examine(stage, film(middle=0.21), "PA")
    assert result.facts["view"] == "lateral"
    assert 0.5 < result.facts["view_probability"] < LIMITS["lateral"]
    assert result.verdict == "pass"


def test_an_image_is_read_the_same_beside_others(stage):
    turned = StageImage(np.ascontiguousarray(np.rot90(film())))
    alone = stage.examine([turned])
    assert stage.examine([StageImage(film()), turned])[1] == alone[0]


def test_the_eight_poses_are_all_there_are():
    square = np.arange(9, dtype=np.float32).reshape(3, 3)
    poses = posed(square)
    assert len({pose.tobytes() for pose in poses}) == len(POSES)
    assert np.array_equal(poses[POSES.index((False, 1))], [[6, 3, 0], [7, 4, 1], [8, 5, 2]])  # clockwise


def test_a_card_without_limits_is_refused(bundle):
    with pytest.raises(ArtifactError, match="not that of a stage for views"):
        open_stage(replace(bundle, card=replace(bundle.card, parameters={"size": SIZE})))
