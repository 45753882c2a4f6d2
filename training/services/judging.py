"""The gate: a challenger beside the champion on the reference set, written down as a verdict. For workers and commands."""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.models import Pipeline
from inference.queries import champion_of, scores_of
from inference.services.scoring import images_score
from labeling.queries.labels import evaluation_labels
from overread.archive.models import Image
from overread.archive.queries import readable_in
from overread.audit.services import event_append
from overread.jobs.running import JobRefused, Lease
from overread.projects.models import Project
from training.engine.evaluation.gate import judge
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels
from training.models import Verdict

AGE_BANDS = ((18, "under 18"), (40, "18 to 39"), (65, "40 to 64"), (200, "65 and over"))


def challenger_judge(*, challenger: Pipeline, lease: Lease | None = None) -> Verdict:
    """Compare a challenger with the model in use, or a first model with the declared minima; one look at the reference
    set.

    Only independent labels count, all of whose inputs were unexposed. Raises JobRefused for the model in use itself.
    """
    project, champion = challenger.project, champion_of(challenger.project)
    if champion == challenger:
        raise JobRefused("This model is in use; there is nothing to compare it with.")
    labels = evaluation_labels(project)
    images = list(readable_in(project).filter(pk__in=labels.keys()).select_related("study__patient").order_by("sha256"))
    for pipeline in filter(None, (challenger, champion)):
        images_score(pipeline=pipeline, among=Image.objects.filter(pk__in=[image.pk for image in images]), lease=lease)
    passed, report = _report(project, challenger, champion, images, labels) if images else _nothing_to_judge(project)
    digest = hashlib.sha256(json.dumps([[image.sha256, labels[image.pk]] for image in images], sort_keys=True).encode())
    with lease.finishing() if lease else nullcontext(), transaction.atomic():
        verdict = Verdict.objects.create(
            project=project,
            challenger=challenger,
            champion=champion,
            passed=passed,
            report=report,
            reference_sha256=digest.hexdigest(),
            images=len(images),
        )
        event_append(verb="gate.judge", target=verdict, project=project.pk, passed=passed, challenger=challenger.number)
    return verdict


def _nothing_to_judge(project: Project) -> tuple[bool, dict[str, Any]]:
    held = len(evaluation_labels(project, independent_only=False))
    why = (
        f"the labels of its {held} labelled cases were imported and not declared an independent standard"
        if held
        else "none of its cases has been read by enough readers"
    )
    sentence = f"Gate not run: no case of the reference set has an independent label; {why}."
    return False, {"passed": False, "sentence": sentence, "checks": [], "figures": [], "images": 0, "patients": 0}


def _report(
    project: Project,
    challenger: Pipeline,
    champion: Pipeline | None,
    images: list[Image],
    labels: dict[UUID, dict[str, float]],
) -> tuple[bool, dict[str, Any]]:
    layout = OutputLayout.from_list(challenger.classifier.card["layout"])
    ids = [image.pk for image in images]
    reference = ReferenceLabels(
        findings=tuple(name for name, _, _ in _columns(layout)),
        labels=_truth(layout, [labels[pk] for pk in ids]),
        patients=np.array([image.study.patient.pseudonym for image in images]),
        subgroups=subgroups_of(images),
    )
    verdict = judge(
        GatePolicy(**project.gate_policy),
        reference,
        _scores(champion, layout, ids) if champion else None,
        _scores(challenger, layout, ids),
    )
    return verdict.passed, verdict.to_dict()


def _columns(layout: OutputLayout) -> list[tuple[str, str, int]]:
    """(name, finding, option) of each yes-or-no question the gate asks; an option of a categorical finding is one."""
    found = []
    for output in layout:
        if output.kind == "binary":
            found.append((output.name, output.name, -1))
        elif output.kind == "categorical":
            found += [(f"{output.name}={option}", output.name, place) for place, option in enumerate(output.options)]
    return found


def _truth(layout: OutputLayout, said: list[dict[str, float]]) -> NDArray[np.float64]:
    """(N, F): 1, 0, or NaN where unknown or uncertain."""
    out = np.full((len(said), len(_columns(layout))), np.nan)
    for column, (_, finding, option) in enumerate(_columns(layout)):
        for row, labels in enumerate(said):
            value = labels.get(finding)
            if value is not None and (option >= 0 or value in (0.0, 1.0)):
                out[row, column] = value if option < 0 else float(value == option)
    return out


def _scores(pipeline: Pipeline, layout: OutputLayout, images: list[UUID]) -> NDArray[np.float64]:
    """(N, F) probabilities in the challenger's order, NaN in the column of a finding this model does not answer: one
    that joined the project after it. Raises JobRefused where it answers none of them.
    """
    table, own = scores_of(pipeline), OutputLayout.from_list(pipeline.classifier.card["layout"]).columns
    names = [name for name, _, _ in _columns(layout)]
    if names and not set(names) & set(own):
        raise JobRefused(f"{pipeline.name.capitalize()} answers none of the challenger's findings.")
    rows = table.rows()
    values = table.values[[rows[pk] for pk in images]].astype(np.float64)
    nothing = np.full(len(images), np.nan)
    return (
        np.array([values[:, own.index(name)] if name in own else nothing for name in names]).reshape(len(names), -1).T
    )


def subgroups_of(images: list[Image]) -> dict[str, list[str]]:
    """The declared subgroups of the gate: sex, age band, view, device; "" where unknown."""
    return {
        "sex": [{"F": "female", "M": "male"}.get(image.sex, "") for image in images],
        "age": [age_band(image.age_years) for image in images],
        "view": [image.view for image in images],
        "device": [image.device for image in images],
    }


def age_band(age: float | None) -> str:
    return "" if age is None else next((name for limit, name in AGE_BANDS if age < limit), "")
