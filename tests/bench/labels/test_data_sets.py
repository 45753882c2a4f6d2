"""The yardstick's own films: made once, and never learnt from by the backbone that embeds them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.bench.labels import packs, phantoms
from tests.bench.labels.data import Missing
from tests.bench.labels.embedding import Films, embeddings, kept, recipe_of
from tests.shared import needs


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("OVERREAD_BENCH_CACHE", str(tmp_path))
    return tmp_path


def test_what_was_made_is_read_again(cache):
    first = kept("noise", {"seed": 1}, lambda: {"X": np.arange(3)})
    again = kept("noise", {"seed": 1}, lambda: {"X": np.zeros(3)})
    assert first["X"].tolist() == again["X"].tolist() == [0, 1, 2]


def test_other_facts_make_another_file(cache):
    for seed in (1, 2):
        kept("noise", {"seed": seed}, lambda: {"X": np.arange(3)})
    assert len(list(cache.glob("noise-*.npz"))) == 2


def test_a_backbone_embeds_the_same_each_time():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (40, 32, 32), np.uint8)
    learnt = Films(images, rng.integers(0, 2, (40, 2)).astype(np.float32), ("a", "b"), np.arange(40).astype(str))
    first, again = (embeddings(images[:5], learnt, replace(recipe_of(32), epochs=2)) for _ in range(2))
    assert first.shape == (5, 128) and (first == again).all()


@needs("data/cxr_kermany_224")
@needs("data/cxr_nih_64")
@pytest.mark.parametrize("target", [packs.KERMANY, packs.NIH_64])
def test_the_backbone_learns_on_no_patient_of_the_pack(target):
    films, learnt = packs.pack(target), packs.others(target)
    assert len(learnt) > 1500
    assert not {film.patient for film in films} & {film.patient for film in learnt}
    assert not any(target in film.path.parts for film in learnt)


@needs("data/cxr_nih_64")
def test_nih_64_asks_of_six_findings():
    asked = ("Atelectasis", "Cardiomegaly", "Consolidation", "Effusion", "Infiltration", "Pneumothorax")
    assert packs.common(packs.pack(packs.NIH_64)) == asked


def test_a_pack_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(packs, "PACKS", tmp_path)
    with pytest.raises(Missing, match="cxr_kermany_224"):
        packs.kermany()


def test_a_rare_finding_among_phantoms_of_other_patients():
    rare, learnt = phantoms.plans_rare(), phantoms.plans_learnt()
    assert (len(rare), sum(phantoms.RARE in plan.findings for plan in rare)) == (6_000, 102)
    assert not {plan.patient for plan in rare} & {plan.patient for plan in learnt}
