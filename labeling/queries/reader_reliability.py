"""How reliable a reader is: their agreement with known answers, and with their own earlier reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from labeling.models import Answer, ExposureKind, Purpose, Read, ReferenceLabel
from labeling.values import answer_number
from overread.accounts.models import User
from overread.projects.models import Finding, Project

# (image, finding) → an answer as a number.
Said = Mapping[tuple[UUID, int], float]


@dataclass(frozen=True)
class Reliability:
    """One finding: how often the reader was asked, and how often their answer was the same. Measurements agree if the
    numbers are equal; `apart` is the mean distance in the finding's unit, None for other findings.
    """

    finding: Finding
    asked: int
    agreed: int
    apart: float | None


def gold_agreement(*, project: Project, reader: User) -> list[Reliability]:
    """For each finding, how far the reader's blind answers to hidden cases agree with the known answers."""
    own = _said(_blind(project, reader).filter(read__assignment__purpose=Purpose.GOLD))
    known = ReferenceLabel.objects.filter(
        project=project, independent=True, exposure=ExposureKind.NONE, value__isnull=False
    ).exclude(origin="read")
    of_these = known.filter(image__in={image for image, _finding in own})
    truth = {(label.image_id, label.finding_id): float(label.value or 0.0) for label in of_these}
    return _measured(project, own, truth)


def repeat_agreement(*, project: Project, reader: User) -> list[Reliability]:
    """For each finding, how far the reader's answers to repeats agree with their own first blind ones."""
    blind = _blind(project, reader)
    again = _said(blind.filter(read__assignment__purpose=Purpose.REPEAT))
    images = {image for image, _finding in again}
    before = blind.filter(read__image__in=images).exclude(read__assignment__purpose=Purpose.REPEAT)
    return _measured(project, again, _said(before.order_by("-read__created_at")))


def _blind(project: Project, reader: User) -> QuerySet[Answer]:
    """Standing answers given before the model was shown, the oldest first."""
    answers = Answer.objects.filter(
        read__project=project, read__reader=reader, read__phase=Read.Phase.BLIND, read__superseded_by=None
    )
    return answers.select_related("finding", "read").order_by("read__created_at")


def _said(answers: Iterable[Answer]) -> dict[tuple[UUID, int], float]:
    """The last answer to each finding of each image, without those that are not assessable."""
    numbers: dict[tuple[UUID, int], float | None] = {}
    for answer in answers:
        numbers[answer.read.image_id, answer.finding_id] = answer_number(answer.finding, answer.value)
    return {key: number for key, number in numbers.items() if number is not None}


def _measured(project: Project, own: Said, held: Said) -> list[Reliability]:
    found = []
    for finding in project.findings.all():
        distances = [abs(own[key] - held[key]) for key in own.keys() & held.keys() if key[1] == finding.pk]
        if not distances:
            continue
        apart = None
        if finding.kind == Finding.Kind.MEASUREMENT:
            apart = sum(distances) / len(distances)
        found.append(Reliability(finding, asked=len(distances), agreed=distances.count(0), apart=apart))
    return found
