"""A run's data as arrays: the snapshot it trains on, and the reference set it is tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import Output, OutputLayout
from inference.engine.preparation import Preparation
from labeling.queries.labels import evaluation_labels
from overread.archive.models import Image
from overread.archive.queries import image_input, readable_in
from overread.projects.models import Project
from training.engine.dataset import Split, TrainingSet
from training.engine.recipe import Recipe
from training.models import Snapshot, SnapshotItem
from training.services.progress import ProgressReporter


@dataclass(frozen=True)
class HeldOutCases:
    """Prepared images of patients the run never trained on.

    images uint8 (N, S, S[, 3]); labels float32 (N, F), NaN where unknown; patients (N,) pseudonyms.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    patients: NDArray[np.str_]


def layout_of(findings: Sequence[Mapping[str, Any]]) -> OutputLayout:
    """The outputs of a model that answers these findings. An output has the finding's slug as its name."""
    outputs = []
    for finding in findings:
        outputs.append(Output(finding["slug"], finding["kind"], tuple(finding["options"]), finding["unit"]))
    return OutputLayout(tuple(outputs))


def training_set(snapshot: Snapshot, recipe: Recipe, report: ProgressReporter) -> TrainingSet:
    """The snapshot as arrays, its images prepared as the recipe says."""
    items = SnapshotItem.objects.filter(snapshot=snapshot).select_related("image__study__patient", "image__rendering")
    # Ordered by content, so that the same snapshot gives the same arrays in every database.
    rows = list(items.order_by("image__sha256"))
    slugs = [finding["slug"] for finding in snapshot.findings]
    return TrainingSet(
        images=prepared_images([row.image for row in rows], recipe.preparation(), report),
        labels=_matrix([row.labels for row in rows], slugs, missing=np.nan),
        weights=_matrix([row.weights for row in rows], slugs, missing=0.0),
        groups=np.array([row.image.study.patient.pseudonym for row in rows]),
        split=np.array([Split[row.split.upper()] for row in rows], np.int8),
        layout=layout_of(snapshot.findings),
        preparation=recipe.preparation(),
    )


def prepared_images(
    images: list[Image], preparation: Preparation, report: ProgressReporter | None = None
) -> NDArray[np.uint8]:
    """Images as the network takes them, before normalisation: uint8 (N, S, S), or (N, S, S, 3) for three channels."""
    shape: tuple[int, ...] = (len(images), preparation.size, preparation.size)
    if preparation.channels == 3:
        shape = (*shape, 3)
    # Filled in place: a list of arrays would need twice the memory when it is stacked.
    prepared = np.empty(shape, np.uint8)
    for row, image in enumerate(images):
        prepared[row] = preparation.pixels(image_input(image.rendering))
        if report:
            report("loading", done=row + 1, total=len(images))
    return prepared


def held_out_cases(project: Project, layout: OutputLayout, preparation: Preparation) -> HeldOutCases | None:
    """Every labelled image of the reference set, whatever the origin of its labels. None without such images."""
    labels = evaluation_labels(project, independent_only=False)
    found = readable_in(project).filter(pk__in=labels.keys()).select_related("study__patient", "rendering")
    images = list(found.order_by("sha256"))
    if not images:
        return None
    return HeldOutCases(
        images=prepared_images(images, preparation),
        labels=_matrix([labels[image.pk] for image in images], layout.names, missing=np.nan),
        patients=np.array([image.study.patient.pseudonym for image in images]),
    )


def _matrix(rows: list[Mapping[str, float]], columns: Sequence[str], *, missing: float) -> NDArray[np.float32]:
    """(N, F) float32 from one mapping of finding to value per row."""
    matrix = np.full((len(rows), len(columns)), missing, np.float32)
    with np.errstate(over="ignore"):  # what becomes infinite the training set refuses, in words
        for row, values in enumerate(rows):
            for column, name in enumerate(columns):
                matrix[row, column] = values.get(name, missing)
    return matrix
