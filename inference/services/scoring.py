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
from inference.engine.session import ModelSession
from inference.models import EmbeddingRow, EmbeddingShard, ModelVersion, Pipeline, ScoreShard
from inference.services.versions import bundle_load
from overread.archive import blobs
from overread.archive.models import Image
from overread.archive.queries import image_input, readable_in
from overread.jobs.running import Lease

BATCH = 64  # images per shard: small enough that a lost worker repeats little
CLASHES_AT_MOST = 5  # then another worker is doing all of this work, and this one leaves it to them


@lru_cache(maxsize=2)
def session_of(version: UUID) -> ModelSession:
    """The serving session of a model version. The last two are kept: champion and challenger take turns."""
    return ModelSession(bundle_load(ModelVersion.objects.get(pk=version).bundle))


def unscored(pipeline: Pipeline, among: QuerySet[Image] | None = None) -> QuerySet[Image]:
    """Readable images of the pipeline's project (those of `among`, where given) that it has not scored."""
    images = readable_in(pipeline.project)
    if among is not None:
        images = images.filter(pk__in=among)
    scored = EmbeddingRow.objects.filter(image=OuterRef("pk"), shard__score_shards__pipeline=pipeline)
    return images.exclude(Exists(scored)).select_related("rendering").order_by("created_at", "pk")


def images_score(*, pipeline: Pipeline, among: QuerySet[Image] | None = None, lease: Lease | None = None) -> int:
    """Score what is not scored yet, the oldest first, batch by batch. Returns how many.

    A batch that was stored is never computed again.
    """
    waiting = unscored(pipeline, among)
    total = waiting.count()
    done = 0
    clashes = 0
    batch = list(waiting[:BATCH])
    left = waiting
    while batch:
        try:
            embeddings, arrays = _compute(pipeline.classifier, batch)
            _store(pipeline, batch, embeddings, arrays)
            done += len(batch)
            # The next query begins where this batch ended, and does not pass over all scored images again.
            left = waiting.filter(created_at__gte=batch[-1].created_at)
        except IntegrityError:
            # Another worker stored some of these images at the same moment. The next query leaves them out.
            clashes += 1
        if lease:
            lease.progress(done=done, total=total)
        if clashes >= CLASHES_AT_MOST:
            break
        batch = list(left[:BATCH])
    return done


def image_score(*, pipeline: Pipeline, image: Image, lease: Lease | None = None) -> None:
    """Score an image that is not scored yet, in one batch with later images of its project that wait as well.

    A batch takes little longer than one image, and the jobs of those images then find nothing to do.
    """
    own = Image.objects.filter(pk=image.pk)
    if not unscored(pipeline, own).exists():
        return
    later = unscored(pipeline).filter(created_at__gte=image.created_at)[:BATCH]
    images_score(pipeline=pipeline, among=Image.objects.filter(pk__in=[each.pk for each in later]), lease=lease)
    # Once more for the image itself: another worker may have taken the rest of the batch, and clashed with it.
    images_score(pipeline=pipeline, among=own, lease=lease)


def _compute(version: ModelVersion, images: Iterable[Image]) -> tuple[NDArray[np.float16], dict[str, NDArray[Any]]]:
    """Embeddings float16 (n, D), and probabilities (n, K), maps (n, K, h, w) and boxes (n, 4) by name."""
    session = session_of(version.pk)
    preparation = session.card.preparation
    inputs = []
    boxes = []
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
    # Blobs are written inside the transaction: should it fail, they are named by no row and do no harm.
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
