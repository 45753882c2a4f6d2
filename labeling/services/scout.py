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
RESAMPLES = 10  # ten tell a spread to about a quarter, and each is a fit more


@dataclass(frozen=True)
class LabelledEmbeddings:
    """n labelled images with embeddings, ascending by id; row i is the same image in all arrays.

    patients (n,): keys. embeddings (n, D). labels (n, F): NaN if unknown. weights (n, F): 0..1.
    """

    images: Ids
    patients: NDArray[np.int64]
    embeddings: NDArray[np.float32]
    labels: NDArray[np.float64]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Scout:
    """A head for the outputs, and heads on resampled labels for the spread of measurements.

    scales: measurement → the standard deviation of its labels, in its unit.
    """

    layout: OutputLayout
    head: ScoutHead
    resampled: tuple[ScoutHead, ...]
    scales: dict[str, float]

    def answers(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """From embeddings (N, D) to outputs (N, K): probabilities in 0..1, and measurements in their unit."""
        return _answers(self.head, embeddings, self.layout)

    def spreads(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """The standard deviation (N, K) of the outputs over the resampled heads; (N, 0) if nothing is measured."""
        if not self.resampled:
            return np.empty((len(embeddings), 0), np.float32)
        said = np.stack([_answers(head, embeddings, self.layout) for head in self.resampled])
        return np.asarray(said.std(axis=0), np.float32)


def _answers(head: ScoutHead, embeddings: NDArray[np.floating], layout: OutputLayout) -> NDArray[np.float32]:
    return calibrated(head.score(embeddings), layout, uncalibrated(layout)).astype(np.float32)


def scout_fit(labelled: LabelledEmbeddings, layout: OutputLayout) -> Scout | None:
    """A scout fitted on these labels, the same for the same labels; None if there are fewer than FEWEST images.

    The spread of a measurement is a bootstrap's (Efron 1979): each resample draws images with replacement.
    """
    from inference.engine import heads, held_out

    if len(labelled.images) < FEWEST:
        return None
    embeddings, labels, weights = labelled.embeddings, labelled.labels, labelled.weights
    measured = [index for index, output in enumerate(layout) if output.kind == "measurement"]
    # Added to the labels, NaN leaves a finding out of the resampled fits: only measurements need a spread.
    only = np.full(len(layout), np.nan)
    only[measured] = 0.0
    rng = np.random.default_rng(0)
    resampled = []
    for _ in range(RESAMPLES if measured else 0):
        drawn = rng.integers(len(labelled.images), size=len(labelled.images))
        resampled.append(heads.fit(embeddings[drawn], labels[drawn] + only, weights[drawn], layout))
    scales = {layout.names[index]: _scale(labels[:, index]) for index in measured}
    head = held_out.fit(embeddings, labels, weights, labelled.patients, layout)
    return Scout(layout, head, tuple(resampled), scales)


def _scale(labels: NDArray[np.float64]) -> float:
    """The standard deviation of the known labels (n,); 1 if it would be 0 or there are too few."""
    known = labels[np.isfinite(labels)]
    if len(known) < 2:
        return 1.0
    return float(known.std()) or 1.0


def scout_scores(*, project: Project, pipeline: Pipeline) -> ImageTable | None:
    """Fit a scout on all labels outside the reference set and score all embedded images (N, K).

    None if there are too few labels to fit one.
    """
    table = embeddings_of(pipeline.space)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    scout = scout_fit(labelled_of(project, table, layout.names), layout)
    if scout is None:
        return None
    return ImageTable(table.ids, scout.answers(table.values))


def labelled_of(project: Project, table: ImageTable, names: tuple[str, ...]) -> LabelledEmbeddings:
    """The labels outside the reference set of the images in this table; one column per finding of these names."""
    known = training_labels(project)
    ordered = sorted(known, key=lambda image: image.bytes)  # as the ids of the table sort
    places = table.places(ids_of(ordered))
    images = [image for image, place in zip(ordered, places.tolist(), strict=True) if place >= 0]
    rows = places[places >= 0]
    labels = np.full((len(images), len(names)), np.nan)
    weights = np.ones_like(labels)
    for row, image in enumerate(images):
        for column, name in enumerate(names):
            label = known[image].get(name)
            if label is not None and label.value is not None:
                labels[row, column] = label.value
                weights[row, column] = label.weight
    patients = np.array(patients_of(images), np.int64)
    return LabelledEmbeddings(table.ids[rows], patients, table.values[rows].astype(np.float32), labels, weights)
