"""What the selector sees of a project's images, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.models import Pipeline
from inference.queries import Table, scores_of
from labeling.models import Assignment, Read, ReferenceLabel
from labeling.selection.pool import Output, Pool
from labeling.services.scout import scout_scores
from overread.archive.models import Image
from overread.projects.models import Project


def finding_names(project: Project) -> dict[str, str]:
    """Finding slug → name, as it stands inside a sentence."""
    return {slug: name.lower() for slug, name in project.findings.values_list("slug", "name")}


def pool_of(pipeline: Pipeline, values: NDArray[np.float32]) -> Pool:
    """The selector's view of (N, K) values: rows without a score are excluded, and so are measurements, whose spread
    one head does not tell."""
    layout, names = OutputLayout.from_list(pipeline.classifier.card["layout"]), finding_names(pipeline.project)
    ranked = [
        (output, columns) for output, columns in zip(layout, layout.slices, strict=True) if output.kind != "measurement"
    ]
    outputs = np.concatenate([values[:, columns] for _, columns in ranked] or [values[:, :0]], axis=1)
    return Pool(
        outputs,
        tuple(Output(names.get(output.name, output.name), output.kind, output.options) for output, _ in ranked),
        excluded=np.asarray(np.isnan(values).any(axis=1)),
    )


def candidates_of(project: Project) -> QuerySet[Image]:
    """Images that may be chosen for training: ready, not of the reference set, not read, not labelled, not in the
    queue.
    """
    same = {"project": project, "image": OuterRef("pk")}
    images = Image.objects.filter(
        enrolments__project=project, status=Image.Status.READY, study__patient__reference=False
    )
    images = images.exclude(Exists(Read.objects.filter(**same))).exclude(Exists(ReferenceLabel.objects.filter(**same)))
    return images.exclude(Exists(Assignment.objects.filter(**same).exclude(state=Assignment.State.WITHDRAWN)))


@dataclass(frozen=True)
class View:
    """What is known of some images. `ranked`: what orders them, by the scout where one can be fitted, else by the
    champion. `shown`: what the champion says, the only one whose numbers a reason may quote.
    """

    ranked: Pool
    shown: Pool


def view_of(project: Project, pipeline: Pipeline, images: Sequence[UUID]) -> View | None:
    """The view of these images, row by row; None where nothing can be ranked by it."""
    champion = scores_of(pipeline)
    ranked = scout_scores(project=project, pipeline=pipeline) or champion
    view = View(pool_of(pipeline, values_of(ranked, images)), pool_of(pipeline, values_of(champion, images)))
    return view if view.ranked.layout and view.ranked.available else None


def values_of(table: Table, images: Sequence[UUID]) -> NDArray[np.float32]:
    """(N, K) values of these images, NaN where the table lacks one."""
    rows = table.rows()
    out = np.full((len(images), table.values.shape[1]), np.nan, np.float32)
    known = [(place, rows[image]) for place, image in enumerate(images) if image in rows]
    if known:
        places, found = np.array(known).T
        out[places] = table.values[found]
    return out
