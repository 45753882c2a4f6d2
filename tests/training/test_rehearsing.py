"""A rehearsal's picks are those of the pure strategy, made again from what is stored."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.core.management import call_command

from inference.engine import held_out
from inference.engine.outputs import OutputLayout
from inference.engine.probability import sigmoid
from inference.models import EmbeddingRow
from labeling.models import Selection
from labeling.queries.labels import training_labels
from labeling.selection.draw import compose
from labeling.selection.pool import FindingOutput, Pool
from overread.archive import blobs
from overread.archive.models import Image
from overread.archive.queries import patients_of
from tests.training.pictures import table

ROUND, ROUNDS = 12, 4  # by the last round there is a model, though the first may have too few answers to learn from


@pytest.fixture(params=["margin", "uherding"])
def selection(
    request: pytest.FixtureRequest, db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Selection:
    """The last one of a rehearsal, a fifth of it an audit; each round verified by the command itself."""
    call_command("rehearse", csv=table(tmp_path, 70), rounds=ROUNDS, per_round=ROUND, readers=1, strategy=request.param,
                 audit_share=0.2, set=["size=32", "epochs=2", "threads=1"], verify=True)  # fmt: skip
    assert capsys.readouterr().out.count("picks identical") == ROUNDS
    return Selection.objects.latest("created_at")


def embedding_of(image: UUID) -> Any:
    entry = EmbeddingRow.objects.select_related("shard").get(image=image)
    return np.load(io.BytesIO(blobs.read(entry.shard.blob)))[entry.row]


def test_the_pure_strategy_picks_the_same_from_stored_arrays(selection: Selection) -> None:
    drawn = list(selection.assignments.order_by("rank").values_list("image", flat=True))
    said = {image: labels for image, labels in sorted(training_labels(selection.project).items()) if image not in drawn}
    others = Image.objects.filter(study__patient__reference=False).exclude(pk__in=said).order_by("pk")
    images = list(others.values_list("pk", flat=True))
    embeddings = np.stack([embedding_of(image) for image in [*images, *said]])
    layout = OutputLayout.from_list(selection.pipeline.classifier.card["layout"])
    labels = np.array([[labels[name].value for name in layout.names] for labels in said.values()])
    points, whose = embeddings[len(images) :].astype(np.float32), np.array(patients_of([*said]))
    head = held_out.fit(points, labels, np.ones_like(labels), whose, layout)
    outputs = sigmoid(head.score(embeddings).astype(np.float64)).astype(np.float32)
    known = np.arange(len(images), len(embeddings))
    pool = Pool(outputs, tuple(FindingOutput(name) for name in layout.names), None, embeddings, known, labels)
    patients = [*others.values_list("study__patient", flat=True), *[-1] * len(said)]
    picks = compose(pool, n=ROUND, shares=selection.shares, strategy=selection.strategy, patient_ids=patients,
                    patient_cap=selection.project.patient_cap, seed=selection.seed)  # fmt: skip
    assert [images[pick.row] for pick in picks] == drawn
