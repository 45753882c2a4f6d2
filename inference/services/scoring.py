"""Scoring images with a pipeline: embeddings and scores in shards, one transaction a batch. For workers only."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from inference.engine.cam import quantise
from inference.engine.session import Session
from inference.models import EmbeddingRow, EmbeddingShard, ModelVersion, Pipeline, ScoreShard
from inference.services.versions import bundle_load
from overread.archive import blobs
from overread.archive.models import Image
from overread.archive.queries import image_input, readable_in
from overread.jobs.running import Lease

BATCH = 64


@lru_cache(maxsize=2)
def session_of(version: UUID) -> Session:
    """The serving session of a model version, kept for the life of the worker."""
    return Session(bundle_load(ModelVersion.objects.get(pk=version).bundle))


def unscored(pipeline: Pipeline, among: QuerySet[Image] | None = None) -> QuerySet[Image]:
    """Readable images of the pipeline's project (those of `among`, where given) that it has not scored."""
    images = readable_in(pipeline.project)
    if among is not None:
        images = images.filter(pk__in=among)
    scored = EmbeddingRow.objects.filter(image=OuterRef("pk"), shard__score_shards__pipeline=pipeline)
    return images.exclude(Exists(scored)).select_related("rendering").order_by("created_at", "pk")


def images_score(*, pipeline: Pipeline, among: QuerySet[Image] | None = None, lease: Lease | None = None) -> int:
    """Score what is not scored yet, the oldest first, batch by batch; a batch that was stored is never computed again.

    Returns how many. Each batch is looked for where the one before it ended, so that the whole is one pass.
    """
    waiting = left = unscored(pipeline, among)
    total, done, clashes = waiting.count(), 0, 0
    while clashes < 5 and (batch := list(left[:BATCH])):
        try:
            _store(pipeline, batch, *_compute(pipeline.classifier, batch))
            done += len(batch)
            left = waiting.filter(created_at__gte=batch[-1].created_at)
        except IntegrityError:  # another worker stored some of these at the same moment
            clashes += 1
        if lease:
            lease.progress(done=done, total=total)
    return done


def image_score(*, pipeline: Pipeline, image: Image, lease: Lease | None = None) -> None:
    """Score an image, where it is not scored yet, in one batch with others of its project that came after it and wait."""
    own = Image.objects.filter(pk=image.pk)
    if not unscored(pipeline, own).exists():
        return
    later = unscored(pipeline).filter(created_at__gte=image.created_at)[:BATCH]
    images_score(pipeline=pipeline, among=Image.objects.filter(pk__in=[each.pk for each in later]), lease=lease)
    images_score(pipeline=pipeline, among=own, lease=lease)


def _compute(version: ModelVersion, images: Iterable[Image]) -> tuple[NDArray[np.float16], dict[str, NDArray[Any]]]:
    session = session_of(version.pk)
    preparation = session.card.preparation
    inputs, boxes = [], []
    for image in images:
        pixels = image_input(image.rendering)
        inputs.append(preparation.prepare(pixels))
        x, y, width, height = preparation.placement(*pixels.shape[:2]).rectangle
        boxes.append((x, y, x + width, y + height))
    scores = session.run(np.stack(inputs))
    arrays: dict[str, NDArray[Any]] = {
        "probabilities": np.asarray(session.probabilities(scores.logits), np.float32),
        "maps": np.stack([quantise(of_image).levels for of_image in scores.maps]),
        "boxes": np.asarray(boxes, np.float32),
    }
    return np.asarray(scores.embedding, np.float16), arrays


@transaction.atomic
def _store(
    pipeline: Pipeline, images: list[Image], embeddings: NDArray[np.float16], arrays: dict[str, NDArray[Any]]
) -> None:
    backbone = pipeline.classifier.backbone
    file = io.BytesIO()
    np.save(file, embeddings)
    shard = EmbeddingShard.objects.create(
        backbone=backbone, blob=blobs.put(file.getvalue()), count=len(images), dimension=embeddings.shape[1]
    )
    EmbeddingRow.objects.bulk_create(
        EmbeddingRow(shard=shard, backbone=backbone, image=image, row=row) for row, image in enumerate(images)
    )
    scores = io.BytesIO()
    np.savez(scores, allow_pickle=False, **arrays)
    ScoreShard.objects.create(pipeline=pipeline, shard=shard, blob=blobs.put(scores.getvalue()))
