"""A project's images as the arrays that selection works on: model outputs, known labels, and labels that look wrong.

For workers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from inference.engine.intervals import from_dicts
from inference.engine.outputs import Output, OutputLayout
from inference.engine.probability import calibrated, uncalibrated
from inference.memmap_cache import Ids, uuids_of
from inference.models import EmbeddingRow, Pipeline
from inference.queries import ImageTable, embeddings_of, scores_of
from labeling.selection.label_issues import label_issues
from labeling.selection.pool import BLOCK, FindingOutput, Gathered, Head, Pool
from labeling.services.scout import FEWEST, LabelledEmbeddings, Scout, labelled_of, scout_fit
from overread.projects.models import Project

Float = NDArray[np.float32]


@dataclass(frozen=True)
class ModelOutputs:
    """outputs (N, C), columns as `layout` says, NaN where nothing is known. findings: which columns of the labels its findings
    are. head: computes the outputs of any embedding; None if there is none.
    """

    outputs: Float
    layout: tuple[FindingOutput, ...]
    findings: tuple[int, ...]
    head: Head | None = None


def finding_names(project: Project) -> dict[str, str]:
    """Finding slug → name, as it stands inside a sentence."""
    return {slug: name.lower() for slug, name in project.findings.values_list("slug", "name")}


def pool_build(project: Project, pipeline: Pipeline | None, images: Ids) -> Pool | None:
    """The pool of these images (N,), row by row, with the scout's outputs if one can be fitted, else the champion's.

    The labelled images follow as rows that are not picked. Without a pipeline there may still be embeddings, made for
    another project that shares the backbone. The same labels and images give the same pool in every process. Returns
    None if nothing is known of the images.
    """
    slugs: tuple[str, ...] = ()
    if pipeline is None:
        backbone = _backbone_of(project, len(images))
    else:
        backbone = pipeline.space
        slugs = OutputLayout.from_list(pipeline.classifier.card["layout"]).names
    if backbone is None:
        return None
    space = embeddings_of(backbone)
    pool = _pool(pipeline, space, labelled_of(project, space, slugs), images)
    return pool if pool.available else None


def _backbone_of(project: Project, images: int) -> str | None:
    """The backbone that has embedded most of the project's images; None if that is less than half of them."""
    entries = EmbeddingRow.objects.filter(image__enrolments__project=project).order_by().values("backbone")
    # By name where two hold as many, so that every process takes the same.
    most = entries.annotate(rows=Count("pk")).order_by("-rows", "backbone").first()
    if most is None or 2 * most["rows"] < images:
        return None
    return str(most["backbone"])


def _pool(pipeline: Pipeline | None, space: ImageTable, labelled: LabelledEmbeddings, images: Ids) -> Pool:
    """The pool of these images and the labelled ones. An image without an embedding or an answer is excluded."""
    both = np.concatenate([images, labelled.images])
    places = space.places(both)
    # An image without an embedding borrows row 0, which nobody sees: it is excluded below.
    embeddings = Gathered(space.values, np.maximum(places, 0))
    model = _model_outputs(pipeline, labelled, embeddings, both)
    excluded = (places < 0) | np.isnan(model.outputs).any(axis=1)
    return Pool(
        model.outputs,
        model.layout,
        excluded=excluded,
        embeddings=embeddings,
        labelled=np.arange(len(images), len(both)),
        labels=labelled.labels[:, model.findings],
        head=model.head,
    )


def _model_outputs(
    pipeline: Pipeline | None, labelled: LabelledEmbeddings, embeddings: Gathered, images: Ids
) -> ModelOutputs:
    if pipeline is None:
        return outputs_of_none(len(images))
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    names = finding_names(pipeline.project)
    scout = scout_fit(labelled, layout)
    if scout is None:
        return outputs_from_champion(pipeline, names, images)
    return outputs_from_scout(scout, names, embeddings)


def outputs_of_none(rows: int) -> ModelOutputs:
    return ModelOutputs(np.empty((rows, 0), np.float32), (), ())


def outputs_from_scout(scout: Scout, names: dict[str, str], embeddings: Gathered) -> ModelOutputs:
    """A scout's outputs for all rows (N), a block at a time."""
    layout = scout.layout
    outputs = np.empty((len(embeddings), layout.width), np.float32)
    for start in range(0, len(embeddings), BLOCK):
        points = embeddings[start : start + BLOCK].astype(np.float32)
        outputs[start : start + BLOCK] = scout.answers(points)
        for output, columns in zip(layout, layout.slices, strict=True):
            if output.kind == "measurement":
                outputs[start : start + BLOCK, columns] = scout.spreads(points)[:, columns]
    ranked = tuple(_output(output, names, scout.scales.get(output.name, 1.0)) for output in layout)
    return ModelOutputs(outputs, ranked, tuple(range(len(layout))), scout.answers)


def outputs_from_champion(pipeline: Pipeline, names: dict[str, str], images: Ids) -> ModelOutputs:
    """The champion's outputs for these images (N,). A measurement's spread is half its interval, the same everywhere;
    without an interval it is left out.
    """
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    halves = _halves(pipeline)
    values = values_of(scores_of(pipeline), images)
    blocks = [values[:, :0]]  # so that there is something to join where nothing is told
    ranked = []
    findings = []
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        half = halves.get(output.name)
        if output.kind == "measurement" and half is None:
            continue
        block = values[:, columns]
        if half is not None:
            block = np.where(np.isnan(block), np.nan, half)
        blocks.append(block)
        ranked.append(_output(output, names, half or 1.0))
        findings.append(index)
    return ModelOutputs(np.concatenate(blocks, axis=1, dtype=np.float32), tuple(ranked), tuple(findings))


def values_of(table: ImageTable, images: Ids) -> Float:
    """(N, K) values of these images, NaN where the table lacks one."""
    places = table.places(images)
    out = np.full((len(images), table.values.shape[1]), np.nan, np.float32)
    out[places >= 0] = table.values[places[places >= 0]]
    return out


def _output(output: Output, names: dict[str, str], scale: float) -> FindingOutput:
    return FindingOutput(names.get(output.name, output.name), output.kind, output.options, scale, output.unit)


def _halves(pipeline: Pipeline) -> dict[str, float]:
    intervals = from_dicts(pipeline.classifier.card.get("intervals", {}))
    return {name: interval.half for name, interval in intervals.items()}


def champion_pool(pipeline: Pipeline | None, images: Ids) -> Pool:
    """What the champion says of these images (N,), the only one whose numbers a reason may quote: measurements are left
    out, and rows without a score are excluded.
    """
    if pipeline is None:
        return Pool(np.empty((len(images), 0), np.float32), ())
    values = values_of(scores_of(pipeline), images)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    names = finding_names(pipeline.project)
    blocks = [values[:, :0]]  # so that there is something to join where nothing is told
    told = []
    for output, columns in zip(layout, layout.slices, strict=True):
        if output.kind != "measurement":
            blocks.append(values[:, columns])
            told.append(_output(output, names, 1.0))
    return Pool(
        np.concatenate(blocks, axis=1),
        tuple(told),
        excluded=np.asarray(np.isnan(values).any(axis=1)),
    )


@dataclass(frozen=True)
class LabelIssue:
    """An image with the label most in doubt: the finding's name, and by how much, 0..1."""

    image: UUID
    finding: str
    score: float


def label_issues_of(project: Project, pipeline: Pipeline, seed: int) -> list[LabelIssue]:
    """Images with a label that a scout, fitted on other patients' labels, contradicts; empty while labels are too few."""
    table = embeddings_of(pipeline.space)
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    labelled = labelled_of(project, table, layout.names)
    images = uuids_of(labelled.images)
    if len(images) < FEWEST:
        return []
    outputs = _out_of_fold(labelled, layout, seed)
    names = finding_names(project)
    told = tuple(_output(output, names, 1.0) for output in layout)
    found = label_issues(labelled.labels, outputs, told)
    issues = []
    for row in np.flatnonzero(np.isfinite(found.score)):
        finding = told[found.finding[row]].finding
        issues.append(LabelIssue(images[row], finding, float(found.score[row])))
    return issues


def _out_of_fold(labelled: LabelledEmbeddings, layout: OutputLayout, seed: int) -> NDArray[np.float64]:
    """Calibrated outputs (L, K) of scouts for the patients they were not fitted on."""
    from inference.engine import held_out  # it needs scikit-learn, which a web process does without

    known = labelled.embeddings, labelled.labels, labelled.weights, labelled.patients
    logits = held_out.out_of_fold_logits(*known, layout, enough=len(labelled.images), seed=seed)
    return calibrated(logits, layout, uncalibrated(layout))
