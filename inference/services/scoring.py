"""Scoring images with a pipeline: embeddings and scores in shards, one transaction a batch. For workers only."""

from __future__ import annotations

import io
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from inference.engine.session import ModelSession
from inference.engine.stages.results import StageImage
from inference.models import EmbeddingRow, EmbeddingShard, ModelVersion, Overrule, Pipeline, ScoreShard, StageReport
from inference.queries.stages import without_abstained
from inference.services.examining import ABSTAIN, image_examine
from inference.services.score_batches import ScoredBatch, known_scores
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
    """Readable images of the pipeline's project (those of `among`, where given) that it has neither scored nor refused."""
    images = readable_in(pipeline.project)
    if among is not None:
        images = images.filter(pk__in=among)
    scored = EmbeddingRow.objects.filter(image=OuterRef("pk"), shard__score_shards__pipeline=pipeline)
    waiting = without_abstained(images.exclude(Exists(scored)), pipeline)
    return waiting.select_related("rendering").order_by("created_at", "pk")


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
            _batch_score(pipeline, batch)
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


def _batch_score(pipeline: Pipeline, images: list[Image]) -> None:
    """Store what the pipeline says of each image: its stages' reports, and the scores of those that no stage refuses."""
    *stages, classifier = pipeline.versions
    overrules = Overrule.objects.filter(project=pipeline.project_id, image__in=images)
    overruled = set(overrules.values_list("image", flat=True))
    known = known_scores(pipeline, classifier, images)
    batch = ScoredBatch(session_of(classifier.pk))
    reports: list[StageReport] = []
    for image in images:
        if not stages and image.pk in known:
            batch.add_known(image, known[image.pk])
            continue
        pixels = image_input(image.rendering)
        seen = StageImage(pixels, view=image.view)
        of_image = image_examine(image=image, pixels=seen, stages=stages, overruled=image.pk in overruled)
        reports += [report for report in of_image if report.pk is None]
        if image.pk not in overruled and any(report.verdict == ABSTAIN for report in of_image):
            continue
        if image.pk in known:
            batch.add_known(image, known[image.pk])
        else:
            batch.add(image, pixels)
    _store(pipeline, batch, reports)


def _store(pipeline: Pipeline, batch: ScoredBatch, reports: list[StageReport]) -> None:
    batch.run()
    with transaction.atomic():
        # Another pipeline with this stage may have looked at an image meanwhile; it said the same.
        StageReport.objects.bulk_create(reports, ignore_conflicts=True)
        if batch.images:
            _store_scores(pipeline, batch)


def _store_scores(pipeline: Pipeline, batch: ScoredBatch) -> None:
    """To be called in a transaction."""
    # Blobs are written inside the transaction: should it fail, they are named by no row and do no harm.
    embeddings, arrays = batch.arrays()
    file = io.BytesIO()
    np.save(file, embeddings)
    shard = EmbeddingShard.objects.create(
        backbone=pipeline.space, blob=blobs.put(file.getvalue()), count=len(embeddings), dimension=embeddings.shape[1]
    )
    EmbeddingRow.objects.bulk_create(
        EmbeddingRow(shard=shard, backbone=pipeline.space, image=image, row=row)
        for row, image in enumerate(batch.images)
    )
    scores = io.BytesIO()
    np.savez(scores, allow_pickle=False, **arrays)
    ScoreShard.objects.create(pipeline=pipeline, shard=shard, blob=blobs.put(scores.getvalue()))
