import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.engine import backbones, pretrained, weights
from training.engine.starter.__main__ import main
from training.engine.starter.making import starter_make
from training.engine.starter.packs import films_read


@pytest.fixture
def films(packs, recipe):
    return films_read(packs, recipe.preparation())


def made(films, recipe):
    return starter_make(films, recipe, lambda step, loss: None)


def test_the_same_films_and_recipe_give_the_same_weights(films, recipe):
    assert weights.pack(made(films, recipe)) == weights.pack(made(films, recipe))


def test_another_seed_gives_other_weights(films, recipe):
    assert weights.pack(made(films, recipe)) != weights.pack(made(films, replace(recipe, seed=1)))


def test_the_weights_fit_their_architecture_at_two_bytes_each(films, recipe):
    state = made(films, recipe)
    backbone = backbones.build("tiny_cnn", 1, 32)
    pretrained.adopt(backbone, state)
    assert state["stem.0.weight"].dtype == torch.float16
    assert torch.equal(backbone.stem[0].weight, state["stem.0.weight"].float())


def test_whoever_asks_has_its_random_numbers_as_before(films, recipe):
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    made(films, recipe)
    assert torch.equal(torch.rand(3), wanted)


def test_findings_are_learnt(films, recipe):
    losses = []
    starter_make(films, replace(recipe, steps=60, films=7, agreement=0.0), lambda step, loss: losses.append(loss))
    assert len(losses) == 60
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) - 0.1


def test_the_command_keeps_weights_and_what_they_are_made_of(packs, tmp_path, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setattr(
        sys, "argv", ["starter", "--packs", f"{packs}", "--out", f"{out}", "--steps", "1", "--without", "cxr_nih_64"]
    )
    main()
    facts = json.loads((out / "made.json").read_text())
    assert facts["films"] == {"cxr_kermany_224": 3, "cxr_mixed_512": 2, "cxr_nih_256": 1}
    state = weights.read(out / "starter.safetensors", facts["sha256"])
    assert state["stem.0.weight"].shape == (24, 1, 3, 3)
