"""Labels of the project that its other labels contradict. For workers only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.engine.probability import calibrated, uncalibrated
from inference.memmap_cache import uuids_of
from inference.models import Pipeline
from inference.queries import embeddings_of
from labeling.selection.pool import Output
from labeling.selection.suspects import suspicion
from labeling.services.scout import FEWEST, Labelled, labelled_of
from labeling.services.selection.viewing import finding_names
from overread.projects.models import Project


@dataclass(frozen=True)
class Suspect:
    """An image with the label most in doubt: the finding's name, and by how much, 0..1."""

    image: UUID
    finding: str
    score: float


def suspects_of(project: Project, pipeline: Pipeline, seed: int) -> list[Suspect]:
    """Images whose label a scout fitted on other patients' labels contradicts; none while labels are too few."""
    table = embeddings_of(pipeline.classifier.backbone)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    labelled = labelled_of(project, table, layout.names)
    images, labels = uuids_of(labelled.images), labelled.labels
    if len(images) < FEWEST:
        return []
    outputs = _out_of_fold(labelled, layout, seed)
    names = finding_names(project)
    told = tuple(Output(names.get(each.name, each.name), each.kind, each.options) for each in layout)
    found = suspicion(labels, outputs, told)
    return [
        Suspect(images[row], told[found.finding[row]].finding, float(found.score[row]))
        for row in np.flatnonzero(np.isfinite(found.score))
    ]


def _out_of_fold(labelled: Labelled, layout: OutputLayout, seed: int) -> NDArray[np.float64]:
    """What scouts say (L, K) of the patients they were not fitted on."""
    from inference.engine import held_out

    known = labelled.embeddings, labelled.labels, labelled.weights, labelled.patients
    logits = held_out.out_of_fold_logits(*known, layout, enough=len(labelled.images), seed=seed)
    return calibrated(logits, layout, uncalibrated(layout))
