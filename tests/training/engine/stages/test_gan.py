import numpy as np
import pytest

from inference.engine.stages import open_stage
from inference.engine.stages.results import StageImage
from tests.training.engine.stages.gate_films import films
from training.engine.stages.gan import GanRecipe, fit

QUICK = GanRecipe(steps=8, batch=8, width=4, noise=8)


@pytest.fixture(scope="module")
def bundle():
    return fit(films(60), recipe=QUICK)


def test_a_discriminator_is_a_gate_as_any_other(bundle):
    results = open_stage(bundle).examine([*films(3, seed=1), StageImage(np.zeros((96, 96), np.float32))])
    assert {"distance", "distance_inverted", "farthest"} <= set(results[0].facts)
    assert results[3].verdict == "abstain"


def test_the_same_recipe_gives_the_same_discriminator(bundle):
    assert fit(films(60), recipe=QUICK).sha256 == bundle.sha256


def test_the_seed_makes_another(bundle):
    other = GanRecipe(steps=8, batch=8, width=4, noise=8, seed=1)
    assert fit(films(60), recipe=other).sha256 != bundle.sha256


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match="at least 50"):
        fit(films(20), recipe=QUICK)
