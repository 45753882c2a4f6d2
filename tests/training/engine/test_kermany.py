"""The default recipe on real radiographs, held to what it promises on patients it never saw."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from inference.engine.outputs import Output, OutputLayout
from inference.engine.session import ModelSession
from tests.shared import SHARED, needs
from training.engine import recipes
from training.engine.dataset import Split, TrainingSet, split_by_patient
from training.engine.loop import fit
from training.engine.packaging import package
from training.engine.shortcuts import shortcut_report

PACK = SHARED / "data" / "cxr_kermany_224"
LAYOUT = OutputLayout((Output("pneumonia", "binary"),))
pytestmark = [pytest.mark.long, needs("data/cxr_kermany_224")]


def prepared(recipe):
    """The pack's images (N, S, S), labels (N, 1) and patients (N,), prepared as the recipe says."""
    rows = list(csv.DictReader((PACK / "labels.csv").open()))
    films = (np.asarray(Image.open(PACK / row["file"]).convert("L"), np.float32) / 255 for row in rows)
    labels = np.array([[row["label"] == "PNEUMONIA"] for row in rows], np.float32)
    images = np.stack([recipe.preparation().pixels(film) for film in films])
    return images, labels, np.array([row["patient_id"] for row in rows])


def trained(recipe, images, labels, patients, folder):
    data = TrainingSet(
        images=images,
        labels=labels,
        weights=np.ones_like(labels),
        groups=patients,
        split=split_by_patient(patients, recipe.seed),
        layout=LAYOUT,
        preparation=recipe.preparation(),
    )
    checkpoint = folder / "checkpoint.safetensors"
    return package(
        fit(data, recipe, on_progress=lambda _: None, checkpoint=checkpoint, should_stop=lambda: False), data
    )


def answers(bundle, images):
    session = ModelSession(bundle)
    return session.probabilities(session.run(bundle.card.preparation.normalise(images)).logits)[:, 0]


@pytest.mark.parametrize("seed", [0, 1])
def test_pneumonia_is_told_apart_on_patients_never_seen(seed, tmp_path):
    recipe = replace(recipes.find("small_cnn"), seed=seed)
    images, labels, patients = prepared(recipe)
    kept_back = split_by_patient(patients, 1000 + seed, (0.75, 0.25, 0.0)) == Split.VALIDATION
    bundle = trained(recipe, images[~kept_back], labels[~kept_back], patients[~kept_back], tmp_path)
    probabilities, truth = answers(bundle, images[kept_back]), labels[kept_back, 0]
    assert roc_auc_score(truth, probabilities) >= 0.98
    assert balanced_accuracy_score(truth, probabilities >= bundle.card.thresholds["pneumonia"]) >= 0.93
    report = shortcut_report(bundle, images[kept_back], labels[kept_back], patients[kept_back])["pneumonia"]
    assert report["central_only"] > report["border_only"]


def test_the_quick_recipe_learns_from_few_images(tmp_path):
    recipe = recipes.find("quick")
    images, labels, patients = prepared(recipe)
    few = split_by_patient(patients, 7, (0.75, 0.25, 0.0)) == Split.VALIDATION
    bundle = trained(recipe, images[few], labels[few], patients[few], tmp_path)
    area = roc_auc_score(labels[~few, 0], answers(bundle, images[~few]))
    seconds = sum(epoch["seconds"] for epoch in bundle.card.facts["history"])
    print(f"{few.sum()} images, {len(bundle.card.facts['history'])} epochs, {seconds:.1f} s, AUROC {area:.4f}")
    assert area >= 0.9
