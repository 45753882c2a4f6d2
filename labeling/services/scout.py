"""The scout: a linear head refitted within seconds on the newest labels. It orders the queue and is never shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.engine.probability import calibrated, uncalibrated
from inference.models import Pipeline
from inference.queries import Table, embeddings_of
from labeling.queries import training_labels
from overread.projects.models import Project

FEWEST = 10  # labelled images; below this the champion orders the queue


def scout_scores(*, project: Project, pipeline: Pipeline) -> Table | None:
    """Fit a scout on every label outside the reference set and score all embedded images: (N, K) probabilities.

    None where there are too few labels to fit one.
    """
    from inference.engine.heads import fit

    table = embeddings_of(pipeline.classifier.backbone)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    rows, labels, weights = labelled_rows(project, table, layout)
    if len(rows) < FEWEST:
        return None
    head = fit(table.values[rows].astype(np.float32), labels, weights, layout)
    return Table(table.images, calibrated(head.score(table.values), layout, uncalibrated(layout)).astype(np.float32))


def labelled_rows(
    project: Project, table: Table, layout: OutputLayout
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Rows (n,) of the table that have labels, their labels (n, F) with NaN for unknown, and weights (n, F)."""
    place = table.rows()
    known = {image: said for image, said in training_labels(project).items() if image in place}
    labels = np.full((len(known), len(layout)), np.nan)
    weights = np.ones_like(labels)
    for row, said in enumerate(known.values()):
        for column, name in enumerate(layout.names):
            if name in said and said[name].value is not None:
                labels[row, column], weights[row, column] = said[name].value, said[name].weight
    return np.array([place[image] for image in known], np.intp), labels, weights
