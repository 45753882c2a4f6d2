"""The demo's network: made once by `manage.py make_demo_model`, kept in the repository, registered by the loader.

It learns from synthetic films of patients who are not in the demo. The same versions on the same kind of processor make the
same bytes. Making it takes torch and minutes; reading it takes neither.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from demo.films import FINDINGS, HELD_OUT_SEED, LABELLED_SIZE, LEARNT_SEED, draw
from inference.engine.bundle import CARD, GRAPH, WEIGHTS, Bundle
from inference.engine.digest import sha256_of
from inference.engine.outputs import Output, OutputLayout
from overread.archive import dicom
from training.engine.recipe import Recipe

if TYPE_CHECKING:
    from phantom.table import Shot
    from training.services.training_data import HeldOutCases

FOLDER = Path(__file__).parent / "bundle"
LEARNT, HELD_OUT = 1_000, 250  # films
RECIPE = Recipe(architecture="tiny_cnn", size=128, epochs=50)
ORIGIN = (
    f"{LEARNT} synthetic films of patients who are in no demo, made by make_demo_model; it comes with the product. "
    "No image of a patient was in it."
)
KEY = b"the same pixels whatever the key"
LAYOUT = OutputLayout(tuple(Output(finding["slug"], "binary") for finding in FINDINGS))


def shipped() -> Bundle:
    """The bundle in the repository."""
    files = {name: (FOLDER / name).read_bytes() for name in (CARD, WEIGHTS, GRAPH)}
    return Bundle.from_files(files, sha256_of(files[CARD]))


def shipped_keep(bundle: Bundle) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in bundle.to_files().items():
        (FOLDER / name).write_bytes(content)


def model_make(
    *,
    recipe: Recipe = RECIPE,
    learnt: int = LEARNT,
    held_out: int = HELD_OUT,
    tell: Callable[[str], None] = lambda words: None,
) -> Bundle:
    """Draw the films, train on some, evaluate the network on the others, and pack it with its metrics."""
    from training.engine.dataset import TrainingSet, split_by_patient
    from training.engine.loop import fit
    from training.engine.packaging import package
    from training.engine.shortcuts import shortcut_report
    from training.services.held_out_metrics import held_out_metrics
    from training.services.snapshots import SPLIT_SEED

    taught = _table(LEARNT_SEED, learnt, recipe, tell)
    kept = _table(HELD_OUT_SEED, held_out, recipe, tell)
    data = TrainingSet(
        images=taught.images,
        labels=taught.labels,
        weights=np.ones_like(taught.labels),
        groups=taught.patients,
        split=split_by_patient(taught.patients, SPLIT_SEED),
        layout=LAYOUT,
        preparation=recipe.preparation(),
    )
    with tempfile.TemporaryDirectory() as folder:
        fitted = fit(
            data,
            recipe,
            on_progress=lambda at: tell(f"epoch {at.epoch} of {at.epochs}"),
            checkpoint=Path(folder) / "checkpoint.safetensors",
            should_stop=lambda: False,
        )
    bundle = package(fitted, data)
    facts: dict[str, Any] = {**bundle.card.facts, "origin": ORIGIN, "held_out": held_out_metrics(bundle, kept)}
    facts["shortcuts"] = shortcut_report(bundle, kept.images, kept.labels, kept.patients)
    facts["history"] = [epoch | {"seconds": 0.0} for epoch in facts["history"]]  # what differs from run to run
    return Bundle(replace(bundle.card, facts=facts), bundle.weights, bundle.onnx)


def _table(seed: int, count: int, recipe: Recipe, tell: Callable[[str], None]) -> HeldOutCases:
    """`count` films of a table as the network takes them, with their truth."""
    from phantom.table import Batch, processors, shots
    from training.services.training_data import HeldOutCases

    planned = shots(Batch(count=count, seed=seed))
    images = np.empty((count, recipe.size, recipe.size), np.uint8)
    labels = np.empty((count, len(FINDINGS)), np.float32)
    with ProcessPoolExecutor(processors(), mp_context=get_context("spawn")) as pool:
        made = pool.map(partial(_case, recipe=recipe), planned, chunksize=8)
        for row, (pixels, truth) in enumerate(made):
            images[row] = pixels
            labels[row] = truth
            tell(f"film {row + 1} of {count}")
    return HeldOutCases(images, labels, np.array([str(shot.patient) for shot in planned]))


def _case(shot: Shot, recipe: Recipe) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], list[float]]:
    """One film, through intake and decoding like any other file."""
    content, truth = draw(shot, f"LEARNT-{shot.patient}", LABELLED_SIZE)
    pixels = dicom.model_input(dicom.render(dicom.take_in(content, key=KEY).content))
    return recipe.preparation().pixels(pixels), [float(value == "present") for value in truth.values()]
