"""Reads of models and of what they said."""

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
    """Arrays with one row an image: ids (N,) of 16 bytes, values (N, C), which may be memory-mapped."""

    ids: Ids
    values: NDArray[Any]

    @cached_property
    def images(self) -> list[UUID]:
        return uuids_of(self.ids)

    def rows(self) -> dict[UUID, int]:
        return {image: row for row, image in enumerate(self.images)}

    def places(self, images: Ids) -> NDArray[np.intp]:
        """The row (n,) of each of these images (n,), -1 where there is none. O((N + n)·log n)."""
        asked, which = np.unique(images, return_inverse=True)
        rows = np.full(len(asked), -1)
        if len(asked):
            found = np.minimum(np.searchsorted(asked, self.ids), len(asked) - 1)
            there = np.flatnonzero(asked[found] == self.ids)
            rows[found[there]] = there
        return rows[which]


def champion_of(project: Project) -> Pipeline | None:
    champion = Champion.objects.select_related("pipeline__project").filter(project=project).first()
    return champion.pipeline if champion else None


def champion_record(project: Project) -> Champion | None:
    """Which pipeline is in use and since when; None where none is."""
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
    """A pipeline that is in use, or was: when it last came into use."""

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
    on_screen = next((each for each in seen if each.pk == named), None)
    if on_screen is not None:
        return on_screen
    champion = champion_of(project)
    return next((each for each in seen if each.pipeline == champion), seen[0])


def prediction_find(*, project: Project, image: Image) -> tuple[Pipeline, ScoreShard, int] | None:
    """Where the champion's scores of an image lie: pipeline, shard, row. None when there is no champion or no score
    yet.
    """
    pipeline = champion_of(project)
    if pipeline is None:
        return None
    found = scores_find(pipeline=pipeline, image=image)
    return (pipeline, *found) if found else None


def scores_find(*, pipeline: Pipeline, image: Image) -> tuple[ScoreShard, int] | None:
    row = (
        EmbeddingRow.objects.filter(image=image, shard__score_shards__pipeline=pipeline)
        .values_list("shard", "row")
        .first()
    )
    return (ScoreShard.objects.get(pipeline=pipeline, shard=row[0]), row[1]) if row else None


def score_arrays(shard: ScoreShard) -> dict[str, NDArray[Any]]:
    """probabilities (N, K) float32, maps (N, K, h, w) uint8, boxes (N, 4) float32 of one shard."""
    with np.load(io.BytesIO(blobs.read(shard.blob)), allow_pickle=False) as arrays:
        return dict(arrays)


@dataclass(frozen=True)
class ScoreSource:
    """Probabilities as a source of `memmap_of`."""

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
    width = len(pipeline.classifier.card["columns"])
    return ImageTable(images, values if len(images) else np.empty((0, width), np.float32))


def scores_among(pipeline: Pipeline, images: QuerySet[Image]) -> ImageTable:
    """As scores_of, for these images alone: no shard is opened but theirs."""
    rows = EmbeddingRow.objects.filter(image__in=images, shard__score_shards__pipeline=pipeline).order_by(
        "shard", "row"
    )
    found: list[UUID] = []
    blocks: list[NDArray[np.float32]] = []
    for shard, of_shard in groupby(rows.values_list("shard", "row", "image"), key=itemgetter(0)):
        places = list(of_shard)
        with np.load(
            io.BytesIO(blobs.read(ScoreShard.objects.get(pipeline=pipeline, shard=shard).blob)), allow_pickle=False
        ) as arrays:
            blocks.append(arrays["probabilities"][[row for _shard, row, _image in places]])
        found += [image for _shard, _row, image in places]
    width = len(pipeline.classifier.card["columns"])
    return ImageTable(ids_of(found), np.concatenate(blocks) if blocks else np.empty((0, width), np.float32))


@dataclass(frozen=True)
class EmbeddingSource:
    """The embeddings of one space as a source of `memmap_of`."""

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
    """Every image that was embedded in this space, (N, D) float16, memory-mapped. In no particular order."""
    return ImageTable(*memmap_of(f"embeddings-{backbone}", EmbeddingSource(backbone), dtype=np.float16))


def rows_of(shards: list[UUID]) -> dict[UUID, tuple[Ids, NDArray[np.intp]]]:
    """Of each of these shards the images (n,) that are still there, and their rows in it (n,)."""
    entries = EmbeddingRow.objects.filter(shard__in=shards).annotate(hex=Cast("image_id", TextField()))
    found: dict[UUID, tuple[list[str], list[int]]] = {shard: ([], []) for shard in shards}
    for shard, image, row in entries.values_list("shard", "hex", "row").order_by("shard", "row"):
        found[shard][0].append(image)
        found[shard][1].append(row)
    return {shard: (ids_of_text(images), np.array(rows, np.intp)) for shard, (images, rows) in found.items()}


def attention_map(prediction: Prediction, column: int) -> NDArray[np.uint8]:
    """The (h, w) attention map of one of the head's K columns."""
    maps = np.load(io.BytesIO(blobs.read(prediction.maps)), allow_pickle=False)
    return np.asarray(maps[column], np.uint8)
