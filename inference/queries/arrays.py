"""Scores and embeddings of many images as arrays, and the scores of one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from inference.memmap_cache import Ids, ids_of, ids_of_text, memmap_of, uuids_of
from inference.models import EmbeddingRow, EmbeddingShard, Pipeline, ScoreShard
from inference.queries.champions import champion_of
from overread.archive import blobs
from overread.archive.models import Image
from overread.projects.models import Project
from overread.rows import Select

# Composed once, since every case that is prepared asks for it.
SCORED = Select(
    ScoreShard,
    also=["inference_embeddingrow.row"],
    rest="""
        FROM inference_embeddingrow
        JOIN inference_scoreshard ON inference_scoreshard.shard_id = inference_embeddingrow.shard_id
        WHERE inference_embeddingrow.image_id = %s AND inference_scoreshard.pipeline_id = %s
        ORDER BY inference_embeddingrow.id LIMIT 1
    """,
)


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
    for shard, row in SCORED.rows(image.pk, pipeline.pk):
        return shard, row
    return None


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
