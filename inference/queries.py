"""Queries about models, their scores and their predictions."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from inference.memmap_cache import Ids, ids_of, ids_of_text, memmap_of, uuids_of
from inference.models import (
    Champion,
    EmbeddingRow,
    EmbeddingShard,
    Pipeline,
    Prediction,
    Promotion,
    ScoreShard,
)
from overread import rows
from overread.accounts.models import User
from overread.archive import blobs
from overread.archive.models import Image
from overread.projects.models import Project


@dataclass(frozen=True)
class ImageTable:
    """One row per image: ids (N,) of 16 bytes, values (N, C), which may be memory-mapped."""

    ids: Ids
    values: NDArray[Any]

    @cached_property
    def images(self) -> list[UUID]:
        return uuids_of(self.ids)

    def rows(self) -> dict[UUID, int]:
        """Image → its row."""
        return {image: row for row, image in enumerate(self.images)}

    def places(self, images: Ids) -> NDArray[np.intp]:
        """The row of each of these images (n,), as (n,); -1 for an image that is not here. O((N + n)·log n).

        The images asked for are sorted and not the table's, which may be far more.
        """
        asked, index_in_asked = np.unique(images, return_inverse=True)
        rows = np.full(len(asked), -1)
        if len(asked):
            # The place where each row of the table would stand among the images asked for; past the end, the last.
            candidate = np.minimum(np.searchsorted(asked, self.ids), len(asked) - 1)
            matching = np.flatnonzero(asked[candidate] == self.ids)
            rows[candidate[matching]] = matching
        return rows[index_in_asked]


def champion_of(project: Project) -> Pipeline | None:
    """The pipeline in use. None before the first promotion."""
    champion = Champion.objects.select_related("pipeline__project").filter(project=project).first()
    if champion is None:
        return None
    return champion.pipeline


def champion_record(project: Project) -> Champion | None:
    """Which pipeline is in use, and since when. None before the first promotion."""
    return Champion.objects.select_related("pipeline").filter(project=project).first()


def former_champions(project: Project) -> QuerySet[Pipeline]:
    """Pipelines that were in use before and are not now, newest first."""
    used = Pipeline.objects.filter(project=project, promotions__isnull=False)
    now = Champion.objects.filter(project=project).values("pipeline")
    return used.exclude(pk__in=now).distinct().order_by("-number")


def promotions_newest(project: Project) -> QuerySet[Promotion]:
    """The record of what was put in use, by whom, newest first."""
    promotions = Promotion.objects.filter(project=project).select_related("pipeline", "previous", "signed_by")
    return promotions.order_by("-at")


@dataclass(frozen=True)
class Released:
    """A pipeline that is in use or was. `since`: when it last came into use."""

    pipeline: Pipeline
    since: datetime
    in_use: bool


def released(project: Project) -> list[Released]:
    """Every pipeline that was ever promoted: the champion first, then the others, last used first."""
    champion = champion_of(project)
    used = Pipeline.objects.filter(project=project, promotions__isnull=False).select_related("project")
    found = used.annotate(since=Max("promotions__at")).order_by("-since", "-number")
    models = [Released(pipeline, pipeline.since, pipeline == champion) for pipeline in found]
    return sorted(models, key=lambda model: not model.in_use)


def predictions_shown(*, user: User, image: Image, project: Project) -> QuerySet[Prediction]:
    """What this user was shown of the image in this project, last shown first."""
    shown = Prediction.objects.filter(image=image, exposures__user=user, pipeline__project=project)
    return shown.select_related("pipeline").order_by("-exposures__at")


SHOWN = rows.Select(
    Prediction,
    Pipeline,
    rest="""
        FROM inference_exposure
        JOIN inference_prediction ON inference_prediction.id = inference_exposure.prediction_id
        JOIN inference_pipeline ON inference_pipeline.id = inference_prediction.pipeline_id
        WHERE inference_exposure.user_id = %s AND inference_exposure.image_id = %s
        ORDER BY inference_exposure.at DESC
    """,
)


def predictions_shown_anywhere(*, user: User, image: Image) -> list[Prediction]:
    """What this user was shown of the image in any project, last shown first."""
    shown: list[Prediction] = []
    for prediction, pipeline in SHOWN.rows(user.pk, image.pk):
        prediction.pipeline = pipeline
        shown.append(prediction)
    return shown


def prediction_in_view(*, user: User, image: Image, project: Project, named: UUID | None = None) -> Prediction | None:
    """`in_view` of what this user was shown of the image."""
    return in_view(predictions_shown_anywhere(user=user, image=image), project=project, named=named)


def in_view(shown: Sequence[Prediction], *, project: Project, named: UUID | None = None) -> Prediction | None:
    """Of the predictions shown, last shown first, the one of this project that a page names as the one on screen.

    Where it names none, the one that reading shows: the champion's, else the newest.
    """
    seen = [each for each in shown if each.pipeline.project_id == project.pk]
    if not seen:
        return None
    for prediction in seen:
        if prediction.pk == named:
            return prediction
    champion = champion_of(project)
    for prediction in seen:
        if prediction.pipeline == champion:
            return prediction
    return seen[0]


def prediction_find(*, project: Project, image: Image) -> tuple[Pipeline, ScoreShard, int] | None:
    """The champion, and the shard and row of its scores of an image. None without a champion or without scores yet."""
    pipeline = champion_of(project)
    if pipeline is None:
        return None
    found = scores_find(pipeline=pipeline, image=image)
    if found is None:
        return None
    shard, row = found
    return pipeline, shard, row


def scores_find(*, pipeline: Pipeline, image: Image) -> tuple[ScoreShard, int] | None:
    """The shard and row of a pipeline's scores of an image. None where it has not scored the image."""
    entries = EmbeddingRow.objects.filter(image=image, shard__score_shards__pipeline=pipeline)
    found = entries.values_list("shard", "row").first()
    if found is None:
        return None
    shard, row = found
    return ScoreShard.objects.get(pipeline=pipeline, shard=shard), row


def score_arrays(shard: ScoreShard) -> dict[str, NDArray[Any]]:
    """probabilities (N, K) float32, maps (N, K, h, w) uint8, boxes (N, 4) float32 of one shard."""
    # allow_pickle=False here and below: a pickle in a blob would execute code.
    with np.load(io.BytesIO(blobs.read(shard.blob)), allow_pickle=False) as arrays:
        return dict(arrays)


@dataclass(frozen=True)
class ScoreSource:
    """One pipeline's probabilities, as the source of a memory map."""

    pipeline: Pipeline

    def shards(self) -> Ids:
        return ids_of(ScoreShard.objects.filter(pipeline=self.pipeline).order_by("pk").values_list("shard", flat=True))

    def rows(self) -> int:
        return EmbeddingRow.objects.filter(shard__score_shards__pipeline=self.pipeline).count()

    def read(self, shards: Ids) -> Iterator[tuple[Ids, NDArray[Any]]]:
        names = uuids_of(shards)
        entries = rows_of(names)
        for shard in ScoreShard.objects.filter(pipeline=self.pipeline, shard__in=names):
            images, rows = entries[shard.shard_id]
            yield images, score_arrays(shard)["probabilities"][rows]


def scores_of(pipeline: Pipeline) -> ImageTable:
    """Every image this pipeline has scored, with its probabilities (N, K) float32."""
    images, values = memmap_of(f"scores-{pipeline.pk}", ScoreSource(pipeline), dtype=np.float32)
    if not len(images):
        values = _no_scores(pipeline)
    return ImageTable(images, values)


def scores_among(pipeline: Pipeline, images: QuerySet[Image]) -> ImageTable:
    """As `scores_of`, for these images alone. Opens no shard but theirs, and so suits a few images."""
    entries = EmbeddingRow.objects.filter(image__in=images, shard__score_shards__pipeline=pipeline)
    rows = entries.order_by("shard", "row").values_list("shard", "row", "image")
    found: list[UUID] = []
    blocks = [_no_scores(pipeline)]
    for shard, entries_of_shard in groupby(rows, key=itemgetter(0)):
        places = []
        for _, row, image in entries_of_shard:
            places.append(row)
            found.append(image)
        blob = ScoreShard.objects.get(pipeline=pipeline, shard=shard).blob
        # Not score_arrays: it would decompress the attention maps as well.
        with np.load(io.BytesIO(blobs.read(blob)), allow_pickle=False) as arrays:
            blocks.append(arrays["probabilities"][places])
    return ImageTable(ids_of(found), np.concatenate(blocks))


def _no_scores(pipeline: Pipeline) -> NDArray[np.float32]:
    """(0, K), which later steps can slice by column as any other scores."""
    return np.empty((0, len(pipeline.classifier.card["columns"])), np.float32)


@dataclass(frozen=True)
class EmbeddingSource:
    """The embeddings of one space, as the source of a memory map."""

    backbone: str

    def shards(self) -> Ids:
        return ids_of(EmbeddingShard.objects.filter(backbone=self.backbone).order_by("pk").values_list("pk", flat=True))

    def rows(self) -> int:
        return EmbeddingRow.objects.filter(backbone=self.backbone).count()

    def read(self, shards: Ids) -> Iterator[tuple[Ids, NDArray[Any]]]:
        names = uuids_of(shards)
        entries = rows_of(names)
        for shard in EmbeddingShard.objects.filter(pk__in=names):
            images, rows = entries[shard.pk]
            yield images, np.load(io.BytesIO(blobs.read(shard.blob)), allow_pickle=False)[rows]


def embeddings_of(backbone: str) -> ImageTable:
    """Every image embedded in this space: values float16 (N, D), memory-mapped, in no particular order."""
    return ImageTable(*memmap_of(f"embeddings-{backbone}", EmbeddingSource(backbone), dtype=np.float16))


def rows_of(shards: list[UUID]) -> dict[UUID, tuple[Ids, NDArray[np.intp]]]:
    """Shard → the images (n,) that are still there, and their rows in it (n,). An erased image has no row any more."""
    # As text, which `ids_of_text` takes ten times as fast as UUIDs.
    entries = EmbeddingRow.objects.filter(shard__in=shards).annotate(hex=Cast("image_id", TextField()))
    found: dict[UUID, tuple[list[str], list[int]]] = {shard: ([], []) for shard in shards}
    for shard, image, row in entries.values_list("shard", "hex", "row").order_by("shard", "row"):
        found[shard][0].append(image)
        found[shard][1].append(row)
    arrays = {}
    for shard, (images, places) in found.items():
        arrays[shard] = (ids_of_text(images), np.array(places, np.intp))
    return arrays


def attention_map(prediction: Prediction, column: int) -> NDArray[np.uint8]:
    """The (h, w) attention map of one of the head's K columns."""
    maps = np.load(io.BytesIO(blobs.read(prediction.maps)), allow_pickle=False)
    return np.asarray(maps[column], np.uint8)
