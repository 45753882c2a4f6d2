"""Synthetic chest films of which 1.7 % show one finding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import phantom
from labeling.selection.pool import FindingOutput
from phantom.findings import FINDINGS
from phantom.render import draw_findings, render
from phantom.table import Batch, processors, shots
from tests.bench.labels.data import Data
from tests.bench.labels.embedding import Films, embeddings, kept, recipe_of

RARE, COUNT, POSITIVES = "pneumothorax", 6_000, 102
LEARNT = 1_500
SEED, LEARNT_SEED = 42, 41
"""Of the films to be chosen from and of those that the backbone learns from: tables of other seeds share no patient."""
PREVALENCE = 0.25
SIZE, DRAWN, DIFFICULTY = 96, 128, 0.3
"""Pixels of the network's input and of the drawing, and how subtle a finding is."""


@dataclass(frozen=True)
class Plan:
    """One film to be drawn: seeds of the image and its patient, and severity by finding."""

    seed: int
    patient: int
    findings: Mapping[str, float]


def phantoms_rare() -> Data:
    """6,000 phantoms, 102 of them with a pneumothorax; each of the other five findings is in a quarter.

    The backbone learnt all six on 1,500 phantoms of other patients, with a quarter of each. Drawing takes some minutes.
    """
    recipe, (learnt, rare) = recipe_of(SIZE), (plans_learnt(), plans_rare())
    assert not {plan.patient for plan in learnt} & {plan.patient for plan in rare}
    facts = {"recipe": recipe.to_dict(), "drawing": _drawing(), "films": repr((learnt, rare))}
    X = kept("phantoms_rare", facts, lambda: {"X": embeddings(drawn("rare", rare), _films(learnt), recipe)})["X"]
    Y = np.array([[RARE in plan.findings] for plan in rare], np.float32)
    patients = np.array([plan.patient for plan in rare], np.int64)
    return Data("phantoms_rare", X, Y, (FindingOutput(RARE),), patients, "macro_ap")


def plans_learnt() -> list[Plan]:
    every = shots(Batch(count=LEARNT, seed=LEARNT_SEED))
    return [Plan(shot.seed, shot.patient, draw_findings(shot.seed, PREVALENCE, patient=shot.patient)) for shot in every]


def plans_rare() -> list[Plan]:
    """Which films show the rare finding, and how severely, is drawn by lot."""
    rng, others = np.random.default_rng(SEED), {name: PREVALENCE for name in FINDINGS if name != RARE}
    severity = dict(
        zip(rng.choice(COUNT, POSITIVES, replace=False).tolist(), rng.uniform(0.15, 1, POSITIVES), strict=True)
    )
    plans = []
    for place, shot in enumerate(shots(Batch(count=COUNT, seed=SEED))):
        found = draw_findings(shot.seed, others, patient=shot.patient)
        found |= {RARE: float(severity[place])} if place in severity else {}
        plans.append(Plan(shot.seed, shot.patient, found))
    return plans


def drawn(name: str, plans: list[Plan]) -> NDArray[np.uint8]:
    """The films (N, S, S), prepared for the network; kept, since drawing takes longer than learning."""
    facts = {"drawing": _drawing(), "films": repr(plans)}
    return kept(f"phantoms_{name}_films", facts, lambda: {"images": _draw_all(plans)})["images"]


def _films(plans: list[Plan]) -> Films:
    labels = np.array([[name in plan.findings for name in FINDINGS] for plan in plans], np.float32)
    return Films(drawn("learnt", plans), labels, FINDINGS, np.array([str(plan.patient) for plan in plans]))


def _draw_all(plans: list[Plan]) -> NDArray[np.uint8]:
    with ProcessPoolExecutor(processors(), mp_context=get_context("spawn")) as pool:
        return np.stack(list(pool.map(_draw, plans, chunksize=20)))


def _draw(plan: Plan) -> NDArray[np.uint8]:
    film = render(plan.seed, plan.findings, size=DRAWN, difficulty=DIFFICULTY, patient=plan.patient)
    return recipe_of(SIZE).preparation().pixels(film.display().astype(np.float32) / 255)


def _drawing() -> str:
    """What decides how a plan is drawn: pixels, difficulty, and the generator's own source."""
    digest = hashlib.sha256(repr((SIZE, DRAWN, DIFFICULTY)).encode())
    for path in sorted(Path(phantom.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
