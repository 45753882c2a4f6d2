"""The gate: compare a challenger with the champion on the reference set, and store the verdict. For workers and commands."""

from __future__ import annotations

import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.memmap_cache import ids_of
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
SEXES = {"F": "female", "M": "male"}


@dataclass(frozen=True)
class GateQuestion:
    """One yes-or-no question of the gate: a binary finding, or one option of a categorical finding.

    `name` is also the name of the model's output column. `option` is the option's index, None for a binary finding.
    """

    name: str
    finding: str
    option: int | None = None

    def truth(self, labels: dict[str, float]) -> float:
        """1 or 0, or NaN where the label is unknown or uncertain."""
        value = labels.get(self.finding)
        if value is None:
            return np.nan
        if self.option is not None:
            return float(value == self.option)
        # 0.5 is "uncertain": it is no truth that a model could be measured against.
        return value if value in (0.0, 1.0) else np.nan


def challenger_judge(*, challenger: Pipeline, lease: Lease | None = None) -> Verdict:
    """Compare a challenger with the model in use, or a first model with the declared minima.

    Each call is one look at the reference set. Only independent labels count, all of whose inputs were unexposed.
    Raises JobRefused for the model in use itself.
    """
    project = challenger.project
    champion = champion_of(project)
    if champion == challenger:
        raise JobRefused("This model is in use; there is nothing to compare it with.")
    labels = evaluation_labels(project)
    # Ordered by content, so that the hash below depends on nothing but images and labels.
    images = list(readable_in(project).filter(pk__in=labels.keys()).select_related("study__patient").order_by("sha256"))
    _score(images, [challenger, champion], lease)
    if images:
        passed, report = _report(project, challenger, champion, images, labels)
    else:
        passed, report = _nothing_to_judge(project)
    with lease.finishing() if lease else nullcontext(), transaction.atomic():
        verdict = Verdict.objects.create(
            project=project,
            challenger=challenger,
            champion=champion,
            passed=passed,
            report=report,
            reference_sha256=_reference_sha256(images, labels),
            images=len(images),
        )
        event_append(verb="gate.judge", target=verdict, project=project.pk, passed=passed, challenger=challenger.number)
    return verdict


def _score(images: list[Image], pipelines: list[Pipeline | None], lease: Lease | None) -> None:
    """Score what either model has not scored yet. A reference image may be newer than the last bulk scoring."""
    among = Image.objects.filter(pk__in=[image.pk for image in images])
    for pipeline in pipelines:
        if pipeline is not None:
            images_score(pipeline=pipeline, among=among, lease=lease)


def _reference_sha256(images: list[Image], labels: dict[UUID, dict[str, float]]) -> str:
    """Names the images and labels judged on, so that looks at the same reference set can be counted."""
    content = [[image.sha256, labels[image.pk]] for image in images]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _nothing_to_judge(project: Project) -> tuple[bool, dict[str, Any]]:
    """Not passed, and a report that says why there is no case to judge on."""
    held = len(evaluation_labels(project, independent_only=False))
    why = "none of its cases has been read by enough readers"
    if held:
        why = f"the labels of its {held} labelled cases were imported and not declared an independent standard"
    sentence = f"Gate not run: no case of the reference set has an independent label; {why}."
    return False, {"passed": False, "sentence": sentence, "checks": [], "figures": [], "images": 0, "patients": 0}


def _report(
    project: Project,
    challenger: Pipeline,
    champion: Pipeline | None,
    images: list[Image],
    labels: dict[UUID, dict[str, float]],
) -> tuple[bool, dict[str, Any]]:
    questions = _questions(OutputLayout.from_list(challenger.classifier.card["layout"]))
    ids = [image.pk for image in images]
    reference = ReferenceLabels(
        findings=tuple(question.name for question in questions),
        labels=_truth(questions, [labels[pk] for pk in ids]),
        patients=np.array([image.study.patient.pseudonym for image in images]),
        subgroups=subgroups_of(images),
    )
    champion_scores = None
    if champion:
        champion_scores = _scores(champion, questions, ids)
    report = judge(GatePolicy(**project.gate_policy), reference, champion_scores, _scores(challenger, questions, ids))
    return report.passed, report.to_dict()


def _questions(layout: OutputLayout) -> list[GateQuestion]:
    """The questions in the order of the model's outputs. Measurements have none."""
    questions = []
    for output in layout:
        if output.kind == "binary":
            questions.append(GateQuestion(output.name, output.name))
        elif output.kind == "categorical":
            for index, option in enumerate(output.options):
                questions.append(GateQuestion(f"{output.name}={option}", output.name, index))
    return questions


def _truth(questions: list[GateQuestion], labels: list[dict[str, float]]) -> NDArray[np.float64]:
    """(N, F): 1, 0, or NaN where unknown or uncertain."""
    truth = np.full((len(labels), len(questions)), np.nan)
    for row, of_image in enumerate(labels):
        for column, question in enumerate(questions):
            truth[row, column] = question.truth(of_image)
    return truth


def _scores(pipeline: Pipeline, questions: list[GateQuestion], images: list[UUID]) -> NDArray[np.float64]:
    """(N, F) probabilities, a column per question. Raises JobRefused where the model answers none of them.

    The column of a finding that the model does not answer is NaN: the finding joined the project after this model. So is
    the row of an image that it abstains from.
    """
    table = scores_of(pipeline)
    own = OutputLayout.from_list(pipeline.classifier.card["layout"]).columns
    if questions and not any(question.name in own for question in questions):
        raise JobRefused(f"{pipeline.name.capitalize()} answers none of the challenger's findings.")
    scores = np.full((len(images), len(questions)), np.nan)
    places = table.places(ids_of(images))
    scored = places >= 0
    values = table.values[places[scored]].astype(np.float64)
    for column, question in enumerate(questions):
        if question.name in own:
            scores[scored, column] = values[:, own.index(question.name)]
    return scores


def subgroups_of(images: list[Image]) -> dict[str, list[str]]:
    """The declared subgroups of the gate: sex, age band, view, device. "" where unknown."""
    return {
        "sex": [SEXES.get(image.sex, "") for image in images],
        "age": [age_band(image.age_years) for image in images],
        "view": [image.view for image in images],
        "device": [image.device for image in images],
    }


def age_band(age: float | None) -> str:
    """The name of the band that holds an age in years. "" where the age is unknown or beyond the last band."""
    if age is not None:
        for limit, name in AGE_BANDS:
            if age < limit:
                return name
    return ""
