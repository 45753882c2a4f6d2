"""A reader's own statistics: how far others agree with them, and how often they changed an answer after seeing the model.

Private: pages call these only for the reader who is signed in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from inference.models import Prediction
from labeling.models import Answer, ExposureKind, Purpose, Read, ReferenceLabel
from labeling.services.labels import consensus
from labeling.values import answer_number
from overread.accounts.models import User
from overread.projects.models import Finding, Project

# So many of a reader's newest reads are looked at: the page must not grow slower with every year of reading.
MOST = 5000


@dataclass
class Agreement:
    """One finding: in how many of the `cases` that others have read, too, the reader agrees with their consensus."""

    finding: Finding
    cases: int = 0
    agreed: int = 0


@dataclass
class AnswerSwitching:
    """One finding, over cases read blind and again with the model: what became of the reader's first answer.

    disagreed: first answers that differ from the model's. towards, away: changed to the model's answer, or away from it.
    other: changed from one answer to another, neither the model's. right, wrong: changes that independent labels confirm or
    refute. A measurement changes towards the model's number if it comes nearer to it, and away otherwise.
    """

    finding: Finding
    cases: int = 0
    disagreed: int = 0
    towards: int = 0
    away: int = 0
    other: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def changed(self) -> int:
        return self.towards + self.away + self.other


def agreement_with_others(*, project: Project, reader: User) -> list[Agreement]:
    """For each finding, how far the reader's unexposed answers agree with the consensus of everybody else's."""
    unexposed = Answer.objects.filter(read__project=project, read__superseded_by=None, exposure=ExposureKind.NONE)
    unexposed = unexposed.exclude(read__assignment__purpose=Purpose.REPEAT)  # the same person's voice, again
    unexposed = unexposed.order_by("read__created_at")  # so that the last answer of each person stands below
    own: dict[tuple[UUID, int], str] = {}
    mine = unexposed.filter(read__in=_reads(project, reader))
    for image, finding, value in mine.values_list("read__image", "finding", "value"):
        own[image, finding] = value
    others: dict[tuple[UUID, int], dict[int, str]] = defaultdict(dict)
    images = {image for image, _finding in own}
    theirs = unexposed.exclude(read__reader=reader).filter(read__image__in=images)
    for image, finding, value, who in theirs.values_list("read__image", "finding", "value", "read__reader"):
        others[image, finding][who] = value
    found = {finding.pk: Agreement(finding) for finding in project.findings.all()}
    for key, value in own.items():
        if key in others:
            _compare(found[key[1]], value, list(others[key].values()))
    return [each for each in found.values() if each.cases]


def _compare(agreement: Agreement, value: str, others: list[str]) -> None:
    held = consensus(agreement.finding, others)
    own = answer_number(agreement.finding, value)
    if held.settled and held.value is not None and own is not None:
        agreement.cases += 1
        agreement.agreed += own == held.value


def answer_switching(*, project: Project, reader: User) -> list[AnswerSwitching]:
    """For each finding, how often the reader switched to or from the model's answer after it was shown."""
    found = {finding.pk: AnswerSwitching(finding) for finding in project.findings.all()}
    second = _reads(project, reader).filter(phase=Read.Phase.REVEALED).select_related("prediction")
    pairs: dict[UUID, tuple[Read, Prediction]] = {}
    for read in second.prefetch_related("answers__finding"):
        if read.prediction:
            pairs[read.assignment_id] = (read, read.prediction)
    first = Read.objects.filter(assignment__in=pairs, reader=reader, phase=Read.Phase.BLIND, superseded_by=None)
    truth = _independent(project, [read.image_id for read, _prediction in pairs.values()])
    for blind in first.prefetch_related("answers"):
        before = {answer.finding_id: answer.value for answer in blind.answers.all()}
        after, prediction = pairs[blind.assignment_id]
        for answer in after.answers.all():
            said = prediction.outputs.get(answer.finding.slug)
            if said and answer.finding_id in before:
                held = truth.get((after.image_id, answer.finding_id))
                count = _count_measured if "value" in said else _count
                count(found[answer.finding_id], before[answer.finding_id], answer.value, said, held)
    return [each for each in found.values() if each.cases]


def model_answer(said: dict[str, Any]) -> str | None:
    """The answer that a prediction stands for: by threshold, or the most probable option. None for a number."""
    if "above" in said:
        return "present" if said["above"] else "absent"
    return said.get("option")


def _count(switching: AnswerSwitching, before: str, after: str, output: dict[str, Any], truth: float | None) -> None:
    if (said := model_answer(output)) is None:
        return
    switching.cases += 1
    switching.disagreed += before != said
    if before == after:
        return
    switching.towards += after == said
    switching.away += before == said
    switching.other += said not in (before, after)
    if truth is not None:
        # An answer changed from one wrong value to another is neither right nor wrong: nothing was gained or lost.
        was_right = answer_number(switching.finding, before) == truth
        is_right = answer_number(switching.finding, after) == truth
        switching.right += is_right and not was_right
        switching.wrong += was_right and not is_right


def _count_measured(
    switching: AnswerSwitching, before: str, after: str, output: dict[str, Any], truth: float | None
) -> None:
    """Count a measurement. Two numbers agree if they are the same to one decimal, as the image's page shows them."""
    first = answer_number(switching.finding, before)
    second = answer_number(switching.finding, after)
    said = float(output["value"])
    switching.cases += 1
    switching.disagreed += first is None or round(said - first, 1) != 0
    if first == second:
        return
    if first is None or second is None:
        switching.other += 1
        return
    nearer = abs(second - said) < abs(first - said)
    switching.towards += nearer
    switching.away += not nearer
    if truth is not None:
        switching.right += abs(second - truth) < abs(first - truth)
        switching.wrong += abs(second - truth) > abs(first - truth)


def _independent(project: Project, images: list[UUID]) -> dict[tuple[UUID, int], float]:
    labels = ReferenceLabel.objects.filter(
        project=project, image__in=images, independent=True, exposure=ExposureKind.NONE, value__isnull=False
    )
    return {(label.image_id, label.finding_id): float(label.value or 0.0) for label in labels}


def _reads(project: Project, reader: User) -> QuerySet[Read]:
    newest = Read.objects.filter(project=project, reader=reader, superseded_by=None).order_by("-created_at")
    return Read.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[:MOST]))
