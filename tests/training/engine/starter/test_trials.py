from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.engine import backbones
from training.engine.starter.findings import LAYOUT
from training.engine.starter.measuring import measure
from training.engine.starter.packs import Films
from training.engine.starter.trials import embeddings, head_scores, mean_aurocs, trial_draw

PACK = "cxr_kermany_224"
COLUMN = [output.name for output in LAYOUT].index("pneumonia in children")


@pytest.fixture
def films():
    """120 films of 60 patients, of whom every other one has pneumonia: a bright corner in noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 200, (120, 32, 32))
    ill = np.arange(120) // 2 % 2 == 1
    images[ill, :8, :8] += 50
    labels = np.full((120, len(LAYOUT)), np.nan, np.float32)
    labels[:, COLUMN] = ill
    patients = np.array([f"IM-{index // 2}" for index in range(120)])
    return Films(images.astype(np.uint8), labels, np.full(120, PACK), patients)


def test_no_patient_is_on_both_sides(films):
    trial = trial_draw(films, PACK, [COLUMN], 41, seed=0)
    assert len(trial.learnt) == 41
    assert not set(films.patients[trial.learnt]) & set(films.patients[trial.measured])
    assert len(trial.measured) == 120 - 42  # the twenty-first patient's second film is on neither side


def test_films_without_the_label_take_no_part(films):
    films.labels[::2, COLUMN] = np.nan
    trial = trial_draw(films, PACK, [COLUMN], 20, seed=0)
    assert (np.r_[trial.learnt, trial.measured] % 2 == 1).all()


def test_a_head_learns_what_embeddings_tell(films):
    telling = np.random.default_rng(0).normal(size=(120, 4)).astype(np.float32)
    telling[:, 2] += 4 * films.labels[:, COLUMN]
    trial = trial_draw(films, PACK, [COLUMN], 40, seed=0)
    scores = [head_scores(films, [COLUMN], trial, telling)]
    once = np.ones((1, 120))
    assert mean_aurocs(films, [COLUMN], [trial], scores, once)[0] > 0.95
    assert mean_aurocs(films, [COLUMN], [trial], [-scores[0]], once)[0] < 0.05


def test_random_weights_of_a_seed_give_the_same_embeddings(films, recipe):
    first = embeddings(films, None, recipe)
    assert first.shape == (120, 48)
    assert np.array_equal(first, embeddings(films, None, recipe))
    assert not np.array_equal(first, embeddings(films, None, replace(recipe, seed=1)))


def test_the_random_weights_themselves_gain_nothing(films, recipe):
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        state = backbones.build(recipe.architecture, 1, recipe.size).state_dict()
    measured = measure(films, PACK, state, recipe, draws=2, labelled=40)
    assert (measured.gain.value, measured.gain.low, measured.gain.high) == (0, 0, 0)
    assert measured.starter.low < measured.starter.value < measured.starter.high
