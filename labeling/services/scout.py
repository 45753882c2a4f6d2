"""The scout: a linear head refitted within seconds on the newest labels. It orders the queue and is never shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.engine.probability import calibrated, uncalibrated
from inference.memmap_cache import Ids, ids_of
from inference.models import Pipeline
from inference.queries import ImageTable, embeddings_of
from labeling.queries.labels import training_labels
from overread.archive.queries import patients_of
from overread.projects.models import Project

if TYPE_CHECKING:
    from inference.engine.heads import ScoutHead

FEWEST = 10  # labelled images; below this the champion orders the queue
RESAMPLES = 10


@dataclass(frozen=True)
class Labelled:
    """What is known of n embedded images, ascending by id: whose they are (n,), embeddings (n, D), labels (n, F) with
    NaN for unknown, and weights (n, F).
    """

    images: Ids
    patients: NDArray[np.int64]
    embeddings: NDArray[np.float32]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Scout:
    """A head for what is likely, and one measurement's heads on resampled labels for how far it may be off.

    `scales`: measurement → the standard deviation of its labels.
    """

    layout: OutputLayout
    head: ScoutHead
    resampled: tuple[ScoutHead, ...]
    scales: dict[str, float]

    def answers(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N, D) embeddings → (N, K) probabilities, and values in their unit."""
        return _answers(self.head, embeddings, self.layout)

    def spreads(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N, K): the standard deviation of the answers over the resampled heads. (N, 0) without a measurement."""
        if not self.resampled:
            return np.empty((len(embeddings), 0), np.float32)
        said = np.stack([_answers(head, embeddings, self.layout) for head in self.resampled])
        return np.asarray(said.std(axis=0), np.float32)


def _answers(head: ScoutHead, embeddings: NDArray[np.floating], layout: OutputLayout) -> NDArray[np.float32]:
    return calibrated(head.score(embeddings), layout, uncalibrated(layout)).astype(np.float32)


def scout_fit(labelled: Labelled, layout: OutputLayout) -> Scout | None:
    """A scout on these labels, the same for the same labels; None where they are too few.

    A measurement's spread is the bootstrap's (Efron 1979): every resample draws images with replacement.
    """
    from inference.engine import heads, held_out

    if len(labelled.images) < FEWEST:
        return None
    known = labelled.embeddings, labelled.labels, labelled.weights
    measured = [index for index, output in enumerate(layout) if output.kind == "measurement"]
    rng, only = np.random.default_rng(0), np.full(len(layout), np.nan)
    only[measured] = 0.0
    resampled = []
    for _ in range(RESAMPLES if measured else 0):
        drawn = rng.integers(len(labelled.images), size=len(labelled.images))
        resampled.append(heads.fit(known[0][drawn], known[1][drawn] + only, known[2][drawn], layout))
    scales = {layout.names[index]: _scale(labelled.labels[:, index]) for index in measured}
    return Scout(layout, held_out.fit(*known, labelled.patients, layout), tuple(resampled), scales)


def _scale(labels: NDArray[np.float64]) -> float:
    known = labels[np.isfinite(labels)]
    return float(known.std()) or 1.0 if len(known) > 1 else 1.0


def scout_scores(*, project: Project, pipeline: Pipeline) -> ImageTable | None:
    """Fit a scout on every label outside the reference set and score all embedded images: (N, K) probabilities.

    None where there are too few labels to fit one.
    """
    table = embeddings_of(pipeline.classifier.backbone)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    scout = scout_fit(labelled_of(project, table, layout.names), layout)
    return ImageTable(table.ids, scout.answers(table.values)) if scout else None


def labelled_of(project: Project, table: ImageTable, names: tuple[str, ...]) -> Labelled:
    """What is known, outside the reference set, of the images in this table; one column a finding of these names."""
    said = training_labels(project)
    known = sorted(said, key=lambda image: image.bytes)
    places = table.places(ids_of(known))
    embedded = [(image, place) for image, place in zip(known, places.tolist(), strict=True) if place >= 0]
    labels = np.full((len(embedded), len(names)), np.nan)
    weights = np.ones_like(labels)
    for row, (image, _place) in enumerate(embedded):
        for column, name in enumerate(names):
            if (label := said[image].get(name)) and label.value is not None:
                labels[row, column], weights[row, column] = label.value, label.weight
    rows = np.array([place for _image, place in embedded], np.intp)
    patients = np.array(patients_of([image for image, _place in embedded]), np.int64)
    return Labelled(table.ids[rows], patients, table.values[rows].astype(np.float32), labels, weights)
