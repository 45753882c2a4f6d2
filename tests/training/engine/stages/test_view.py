from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.engine.stages import open_stage
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from training.engine.stages.films import Films, films_of_packs, films_of_phantoms
from training.engine.stages.view import Pools, ViewRecipe, lesson_of, train
from training.engine.stages.view_figures import laid

RECIPE = ViewRecipe(size=32, stored=40, steps=40, batch=24, learning_rate=1e-2)


@pytest.fixture(scope="module")
def films(packs, phantoms):
    return Films.joined([films_of_packs(packs, RECIPE.stored), films_of_phantoms(phantoms, RECIPE.stored)])


@pytest.fixture(scope="module")
def bundle(films):
    return train(films, RECIPE)


def test_the_same_seed_gives_the_same_bundle(films, bundle):
    torch.rand(3)  # the caller's random state does not matter
    assert train(films, RECIPE).sha256 == bundle.sha256
    assert train(films, replace(RECIPE, seed=1)).sha256 != bundle.sha256


def test_the_bundle_serves_what_was_learnt(films, bundle):
    stage = open_stage(bundle)
    upright = [stage.find(laid(square, 0, mirror=False, invert=False)) for square in films.squares[:10]]
    inverted = [stage.find(laid(square, 0, mirror=False, invert=True)) for square in films.squares[:10]]
    mean = np.mean([one.inverted_probability for one in upright])
    assert np.mean([one.inverted_probability for one in inverted]) > mean + 0.2


def test_the_card_tells_recipe_films_and_figures(bundle):
    facts = bundle.card.facts
    assert facts["recipe"]["steps"] == 40
    assert {"view", "turned", "mirrored", "inverted", "real"} <= set(facts["figures"])
    assert sum(facts["films"]["learnt"].values()) > sum(facts["films"]["measured"].values())
    assert bundle.card.parameters["views"] == ["frontal"]


def test_the_bundle_survives_its_files(bundle):
    again = StageBundle.from_files(bundle.to_files(), bundle.sha256)
    image = StageImage(np.random.default_rng(0).random((50, 60), np.float32), "PA")
    assert open_stage(again).examine([image]) == open_stage(bundle).examine([image])


def test_no_patient_is_on_two_sides(films):
    from training.engine.dataset import split_by_patient

    split = split_by_patient(films.patients, 0, (0.7, 0.12, 0.18))
    for patient in np.unique(films.patients):
        assert len(np.unique(split[films.patients == patient])) == 1


def test_a_lesson_knows_how_its_films_lie(films):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lesson = lesson_of(Pools.of(films), RECIPE)
    assert lesson.images.shape == (24, 1, 32, 32)
    assert lesson.lateral.sum() == round(24 * RECIPE.lateral_share)
    assert set(lesson.turned.tolist()) == {0, 1, 2, 3}


def test_a_kind_of_film_that_is_missing_is_named(films):
    with pytest.raises(ValueError, match="all needed"):
        train(films.part(~films.synthetic), RECIPE)
