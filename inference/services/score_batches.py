"""Scores of one batch of images: computed, or taken over from a pipeline with the same classifier. For workers only."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from inference.engine.cam import quantise
from inference.engine.session import ModelSession
from inference.models import EmbeddingRow, ModelVersion, Pipeline, ScoreShard
from inference.queries import score_arrays
from overread.archive import blobs
from overread.archive.models import Image


@dataclass(frozen=True)
class ImageScores:
    """What a classifier says of one image.

    embedding float16 (D,), probabilities float32 (K,), maps uint8 (K, h, w), box float32 (4,): where the maps lie on the
    image, in its pixels.
    """

    embedding: NDArray[np.float16]
    probabilities: NDArray[np.float32]
    maps: NDArray[np.uint8]
    box: NDArray[np.float32]


@dataclass
class ScoredBatch:
    """Images and their scores, in the order in which they were added. Those that are not known wait for `run`."""

    session: ModelSession
    images: list[Image] = field(default_factory=list)
    _scores: dict[UUID, ImageScores] = field(default_factory=dict)
    _inputs: dict[UUID, NDArray[np.float32]] = field(default_factory=dict)
    _boxes: dict[UUID, NDArray[np.float32]] = field(default_factory=dict)

    def add_known(self, image: Image, scores: ImageScores) -> None:
        self.images.append(image)
        self._scores[image.pk] = scores

    def add(self, image: Image, pixels: NDArray[np.float32]) -> None:
        """Prepare an image (H, W) or (H, W, 3) of values 0 to 1 for the classifier."""
        preparation = self.session.card.preparation
        x, y, width, height = preparation.placement(*pixels.shape[:2]).rectangle
        self.images.append(image)
        self._inputs[image.pk] = preparation.prepare(pixels)
        self._boxes[image.pk] = np.array([x, y, x + width, y + height], np.float32)

    def run(self) -> None:
        """Score the images that wait."""
        if not self._inputs:
            return
        scores = self.session.run(np.stack(list(self._inputs.values())))
        probabilities = np.asarray(self.session.probabilities(scores.logits), np.float32)
        embeddings = np.asarray(scores.embedding, np.float16)
        for row, image in enumerate(self._inputs):
            maps = quantise(scores.maps[row]).levels
            self._scores[image] = ImageScores(embeddings[row], probabilities[row], maps, self._boxes[image])
        self._inputs.clear()

    def arrays(self) -> tuple[NDArray[np.float16], dict[str, NDArray[Any]]]:
        """Embeddings float16 (n, D), and by name probabilities (n, K), maps (n, K, h, w) and boxes (n, 4)."""
        scores = [self._scores[image.pk] for image in self.images]
        embeddings = np.stack([each.embedding for each in scores])
        arrays: dict[str, NDArray[Any]] = {
            "probabilities": np.stack([each.probabilities for each in scores]),
            "maps": np.stack([each.maps for each in scores]),
            "boxes": np.stack([each.box for each in scores]),
        }
        return embeddings, arrays


def known_scores(pipeline: Pipeline, classifier: ModelVersion, images: Sequence[Image]) -> dict[UUID, ImageScores]:
    """Image → its scores by another pipeline with this classifier. Other stages change whether it is asked, not its answer."""
    siblings = Pipeline.objects.filter(stages=classifier).exclude(pk=pipeline.pk)
    entries = EmbeddingRow.objects.filter(image__in=images, shard__score_shards__pipeline__in=siblings)
    rows: dict[UUID, dict[int, UUID]] = defaultdict(dict)
    for image, shard, row in entries.values_list("image", "shard", "row"):
        rows[shard][row] = image
    known = {}
    for scored in ScoreShard.objects.filter(shard__in=rows, pipeline__in=siblings).select_related("shard"):
        embeddings = np.load(io.BytesIO(blobs.read(scored.shard.blob)), allow_pickle=False)
        arrays = score_arrays(scored)
        for row, image in rows[scored.shard_id].items():
            known[image] = ImageScores(
                embeddings[row], arrays["probabilities"][row], arrays["maps"][row], arrays["boxes"][row]
            )
    return known
