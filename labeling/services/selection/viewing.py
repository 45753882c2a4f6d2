"""What the selector sees of a project's images, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.memmap_cache import Ids
from inference.models import EmbeddingRow, Pipeline
from inference.queries import ImageTable, embeddings_of, scores_of
from labeling.selection.pool import Gathered, Output, Pool
from labeling.services.scout import Labelled, labelled_of, scout_fit
from labeling.services.selection.saying import Said, said_by_champion, said_by_nobody, said_by_scout, values_of
from overread.projects.models import Project


def finding_names(project: Project) -> dict[str, str]:
    """Finding slug → name, as it stands inside a sentence."""
    return {slug: name.lower() for slug, name in project.findings.values_list("slug", "name")}


@dataclass(frozen=True)
class Numbered:
    """Images (n,) with their numbers (n,), ascending, among so many in all."""

    images: Ids
    numbers: NDArray[np.int64]
    of: int

    @classmethod
    def all(cls, images: Ids) -> Numbered:
        return cls(images, np.arange(len(images)), len(images))


def view_of(project: Project, pipeline: Pipeline | None, asked: Numbered) -> Pool | None:
    """What orders these images, row by row: the scout where one can be fitted, else the champion. None where nothing is
    known of them.

    After them come the labelled images, as rows that are not picked; their numbers follow all others. Without a pipeline
    there may be embeddings all the same, made for another project that shares the backbone. The same labels and the same
    images give the same view in every process, a row among few the same as among all.
    """
    backbone = pipeline.classifier.backbone if pipeline else _backbone_of(project, asked.of)
    if backbone is None:
        return None
    space = embeddings_of(backbone)
    slugs = OutputLayout.from_list(pipeline.classifier.card["layout"]).names if pipeline else ()
    ranked = _ranked(pipeline, space, labelled_of(project, space, slugs), asked)
    return ranked if ranked.available else None


def _backbone_of(project: Project, images: int) -> str | None:
    """The space in which most of the project's images were embedded; None where it holds less than half of them."""
    entries = EmbeddingRow.objects.filter(image__enrolments__project=project).order_by().values("backbone")
    most = entries.annotate(rows=Count("pk")).order_by("-rows", "backbone").first()
    return str(most["backbone"]) if most and 2 * most["rows"] >= images else None


def _ranked(pipeline: Pipeline | None, space: ImageTable, labelled: Labelled, asked: Numbered) -> Pool:
    """The pool of these images and the labelled ones. An image without an embedding or an answer is excluded."""
    both = np.concatenate([asked.images, labelled.images])
    places = space.places(both)
    embeddings = Gathered(space.values, np.maximum(places, 0))
    said = _said(pipeline, labelled, embeddings, both)
    excluded = (places < 0) | np.isnan(said.outputs).any(axis=1)
    return Pool(
        said.outputs,
        said.layout,
        excluded=excluded,
        embeddings=embeddings,
        labelled=np.arange(len(asked.images), len(both)),
        labels=labelled.labels[:, said.findings],
        head=said.head,
        ids=np.append(asked.numbers, asked.of + np.arange(len(labelled.images))),
    )


def _said(pipeline: Pipeline | None, labelled: Labelled, embeddings: Gathered, images: Ids) -> Said:
    if pipeline is None:
        return said_by_nobody(len(images))
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    names, scout = finding_names(pipeline.project), scout_fit(labelled, layout)
    return said_by_scout(scout, names, embeddings) if scout else said_by_champion(pipeline, names, images)


def shown_of(pipeline: Pipeline | None, images: Ids) -> Pool:
    """What the champion says of these images (N,), the only one whose numbers a reason may quote: measurements are left
    out, and rows without a score are excluded.
    """
    if pipeline is None:
        return Pool(np.empty((len(images), 0), np.float32), ())
    values = values_of(scores_of(pipeline), images)
    layout, names = OutputLayout.from_list(pipeline.classifier.card["layout"]), finding_names(pipeline.project)
    told = [
        (output, columns) for output, columns in zip(layout, layout.slices, strict=True) if output.kind != "measurement"
    ]
    return Pool(
        np.concatenate([values[:, :0], *(values[:, columns] for _, columns in told)], axis=1),
        tuple(Output(names.get(output.name, output.name), output.kind, output.options) for output, _ in told),
        excluded=np.asarray(np.isnan(values).any(axis=1)),
    )
