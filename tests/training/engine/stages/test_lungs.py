import numpy as np
import pytest
import torch

from inference.engine.stages import open_stage
from inference.engine.stages.results import StageImage
from training.engine.stages.lungs import LungsRecipe, folds_of, lesson_of, loss_of, train
from training.engine.stages.pairs import Pairs, pairs_of_packs, pairs_of_phantoms

RECIPE = LungsRecipe(size=64, widths=(8, 12, 16, 16), steps=60, batch=8, folds=2, average=0.8, learning_rate=1e-2)


@pytest.fixture(scope="module")
def pairs(packs, phantoms):
    return Pairs.joined([pairs_of_packs(packs, 64), pairs_of_phantoms(phantoms, 64)])


@pytest.fixture(scope="module")
def bundle(pairs):
    return train(pairs, RECIPE)


def test_only_packs_with_masks_are_read(pairs):
    assert (~pairs.synthetic).sum() == 18
    assert pairs.lungs[~pairs.synthetic].any()
    assert not pairs.heart[~pairs.synthetic].any()


def test_the_lungs_of_patients_not_learnt_from_are_found(bundle):
    folds = bundle.card.facts["figures"]["folds"]
    assert sum(fold["films"] for fold in folds) == 18
    assert min(fold["dice"] for fold in folds) > 0.8


def test_the_bundle_serves_outlines(pairs, bundle):
    film = pairs.squares[0].astype(np.float32) / 255
    result = open_stage(bundle).examine([StageImage(film)])[0]
    assert result.facts["found"]
    x0, y0, x1, y1 = result.facts["box"]
    rows, columns = np.nonzero(pairs.lungs[0] >= 128)
    assert np.abs(np.array([x0, x1]) - [columns.min(), columns.max()]).max() < 12
    assert np.abs(np.array([y0, y1]) - [rows.min(), rows.max()]).max() < 12


def test_a_patient_is_in_one_fold(pairs):
    first, second = folds_of(pairs, RECIPE)
    assert not set(pairs.patients[first]) & set(pairs.patients[second])
    assert np.array_equal(first | second, ~pairs.synthetic)
    assert abs(int(first.sum()) - int(second.sum())) <= 2


def test_what_is_not_known_of_a_film_teaches_nothing(pairs):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lesson = lesson_of(pairs, RECIPE)
    logits = torch.zeros(8, 2, 64, 64)
    other = logits.clone()
    other[: round(8 * RECIPE.real_share), 1] = 5  # a heart on real films, which have no mask of it
    assert loss_of(logits, lesson) == loss_of(other, lesson)
    other[:, 0] = 5
    assert loss_of(logits, lesson) != loss_of(other, lesson)


def test_a_kind_of_pair_that_is_missing_is_named(pairs):
    with pytest.raises(ValueError, match="Both real and synthetic"):
        train(pairs.part(pairs.synthetic), RECIPE)
