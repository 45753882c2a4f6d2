"""The queue after ten reads at 100k unread images: seconds until its order, and what is drawn next, are up to date.

A project of two findings with embeddings of 512 in shards of 1,000, as inference stores them, 500 labelled images and a
queue of twenty. Ten of them are labelled; then a worker's jobs run, as they do in the product: the waiting cases are
ordered anew by a new scout, and the next batch is drawn of all unread images. `wall_s` and `cpu_s` are all of that, `reorder_s` and
`fill_s` the two jobs; of a draw `candidates_s` is asking the database which images may be drawn, `fit_s` the labels and
the scout, `score_s` what it says of every image, `pick_s` the strategy, `write_s` the rest, with every row stored.
`first_map_s` is paid once a machine: copying all shards into its memory map.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import numpy as np

from tests.bench.asked import Asked
from tests.bench.benchmarks.select import label
from tests.bench.deployment import begin, databases, deployment
from tests.bench.measure import cost_of
from tests.bench.part import part
from tests.bench.rows import Row

SIZES, QUICK = (100_000,), (5_000,)
DIMENSION, SHARD, LABELLED, BATCH, READ = 512, 1_000, 500, 20, 10


def run(asked: Asked) -> Iterator[Row]:
    for database in databases(asked):
        for size in asked.sizes or (QUICK if asked.quick else SIZES):
            with deployment(database) as env:
                found = part(measure, env=env, size=size, strategy="uherding")
            suffix = "" if database == "sqlite" else f"_{database}"
            for metric, value in found.items():
                yield Row(f"{label(size)}/after_ten_reads{suffix}", metric, value)


def measure(size: int, strategy: str) -> dict[str, float]:
    begin()
    from inference.queries import embeddings_of, scores_of
    from labeling.services.selection import queue_fill
    from overread.jobs.running import run_all
    from overread.jobs.services import job_enqueue_once

    project, pipeline = made(size, strategy)
    first = timed(lambda: (embeddings_of(pipeline.space), scores_of(pipeline)))
    queue_fill(project=project, size=BATCH)
    ten_are_labelled(project)
    job_enqueue_once(kind="labeling.reorder", project=project.pk, of=project.pk)
    cost = cost_of(lambda: run_all(queues=("interactive",)))
    found = {"wall_s": cost.wall_s, "cpu_s": cost.cpu_s}
    return found | jobs_of(project) | parts_of(project, pipeline) | {"first_map_s": first}


def jobs_of(project: Any) -> dict[str, float]:
    from labeling.services.selection import queue_fill, queue_reorder

    return {
        "reorder_s": timed(lambda: queue_reorder(project=project)),
        "fill_s": timed(lambda: queue_fill(project=project, size=BATCH)),
    }


def parts_of(project: Any, pipeline: Any) -> dict[str, float]:
    """What a draw spends on each of its steps."""
    from inference.engine.outputs import OutputLayout
    from inference.queries import embeddings_of
    from labeling.selection.pool import Gathered
    from labeling.services.scout import labelled_of, scout_fit
    from labeling.services.selection.candidates import unread_find
    from labeling.services.selection.context import context_of
    from labeling.services.selection.fill import batch_draw, batch_store, picks_of
    from labeling.services.selection.pool import outputs_from_scout

    layout, space = (
        OutputLayout.from_list(pipeline.classifier.card["layout"]),
        embeddings_of(pipeline.space),
    )
    scout = scout_fit(labelled_of(project, space, layout.names), layout)
    context, batch = context_of(project, BATCH, 0), batch_draw(project, BATCH, 0)
    assert scout is not None and context is not None and batch is not None
    everything = Gathered(space.values, space.places(context.unread.images))
    return {
        "candidates_s": timed(lambda: unread_find(project)),
        "fit_s": timed(lambda: scout_fit(labelled_of(project, space, layout.names), layout)),
        "score_s": timed(lambda: outputs_from_scout(scout, {}, everything)),
        "pick_s": timed(lambda: picks_of(context)),
        "write_s": timed(lambda: batch_store(project=project, batch=batch)),
    }


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def made(size: int, strategy: str) -> tuple[Any, Any]:
    """The project and its pipeline, every image scored by it."""
    from django.utils import timezone

    from inference.models import Champion
    from labeling.models import ReferenceLabel
    from tests.factories import make_pipeline, make_project

    project = make_project(strategy=strategy, batch_size=BATCH, audit_share=0.15)
    pipeline = make_pipeline(project)
    Champion.objects.create(project=project, pipeline=pipeline, since=timezone.now())
    images = images_made(project, size)
    rng = np.random.default_rng(0)
    for start in range(0, size, SHARD):
        shard_made(pipeline, images[start : start + SHARD], rng)
    ReferenceLabel.objects.bulk_create(labels_of(project, images[:LABELLED], rng))
    return project, pipeline


def images_made(project: Any, size: int) -> list[Any]:
    """Two images a patient, none of them with pixels: nothing here looks at them."""
    from overread.archive.models import Enrolment, Image, Patient, Study

    patients = Patient.objects.bulk_create(Patient(pseudonym=uuid4().hex, draw=0.5) for _ in range((size + 1) // 2))
    studies = Study.objects.bulk_create(Study(uid=uuid4().hex, patient=patient) for patient in patients)
    shape = {"rows": 64, "columns": 64, "bits_stored": 8, "photometric": "MONOCHROME2", "kind": "png"}
    images = Image.objects.bulk_create(
        [
            Image(study=studies[row // 2], sha256=uuid4().hex * 2, instance_uid=uuid4().hex, status="ready", **shape)
            for row in range(size)
        ],
        batch_size=5_000,
    )
    Enrolment.objects.bulk_create(
        [Enrolment(project=project, image=image, source="import") for image in images], batch_size=5_000
    )
    return images


def shard_made(pipeline: Any, images: list[Any], rng: np.random.Generator) -> None:
    from inference.models import EmbeddingRow, EmbeddingShard, ScoreShard
    from overread.archive import blobs

    backbone = pipeline.space
    embeddings, scores = io.BytesIO(), io.BytesIO()
    np.save(embeddings, rng.standard_normal((len(images), DIMENSION), np.float32).astype(np.float16))
    np.savez(scores, allow_pickle=False, probabilities=np.square(rng.random((len(images), 2), np.float32)))
    shard = EmbeddingShard.objects.create(
        backbone=backbone, blob=blobs.put(embeddings.getvalue()), count=len(images), dimension=DIMENSION
    )
    EmbeddingRow.objects.bulk_create(
        EmbeddingRow(shard=shard, backbone=backbone, image=image, row=row) for row, image in enumerate(images)
    )
    ScoreShard.objects.create(pipeline=pipeline, shard=shard, blob=blobs.put(scores.getvalue()))


def labels_of(project: Any, images: list[Any], rng: np.random.Generator) -> list[Any]:
    from labeling.models import ReferenceLabel

    said = {"project": project, "exposure": "none", "origin": "read", "method": "single", "readers": 1}
    return [
        ReferenceLabel(image=image, finding=finding, value=float(rng.random() < 0.2), **said)
        for image in images
        for finding in project.findings.all()
    ]


def ten_are_labelled(project: Any) -> None:
    from labeling.models import Assignment, ReferenceLabel

    cases = list(Assignment.objects.filter(project=project, state="queued").select_related("image")[:READ])
    Assignment.objects.filter(pk__in=[case.pk for case in cases]).update(state="done")
    ReferenceLabel.objects.bulk_create(labels_of(project, [case.image for case in cases], np.random.default_rng(1)))
