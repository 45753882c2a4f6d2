"""Deriving labels from reads and imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from labeling.consensus.majority import majority
from labeling.consensus.median import median
from labeling.consensus.plurality import plurality
from labeling.events import LabelsChanged
from labeling.jobs import reorder_request
from labeling.models import (
    MEASURING,
    Answer,
    Assignment,
    ExposureKind,
    ImportedLabel,
    Purpose,
    ReferenceLabel,
)
from labeling.queries.awareness import Seen, answers_seen, superseded_at, unaware
from labeling.selection.reasons import DISPUTED
from labeling.values import NOT_ASSESSABLE, answer_number
from overread.archive.models import Image
from overread.events import announce
from overread.projects.models import Finding, Project

NONE = ExposureKind.NONE
SHOWN = ExposureKind.SHOWN


@dataclass(frozen=True)
class LabelValue:
    """One value out of several answers, as in ReferenceLabel. If it is not `settled`, the case goes to an adjudicator."""

    value: float | None
    method: str
    agreement: float | None
    readers: int
    settled: bool


def consensus(finding: Finding, values: list[str]) -> LabelValue:
    """One value out of several readers' answers: by majority, plurality or median, as the kind of finding needs it."""
    numbers = [answer_number(finding, value) for value in values]
    readers = sum(number is not None for number in numbers)
    if finding.kind == Finding.Kind.MEASUREMENT:
        # Two measurements always differ somewhat, so they are never sent to adjudication.
        return LabelValue(median(numbers), "median", None, readers, True)
    if finding.kind == Finding.Kind.CATEGORICAL:
        chosen = plurality([value for value in values if value != NOT_ASSESSABLE])
        label = None
        if chosen.label is not None:
            label = float(finding.options.index(chosen.label))
        return LabelValue(label, chosen.method, chosen.agreement, readers, not chosen.adjudicate)
    voted = majority(numbers)
    # `majority` says uncertain where no answer wins. Here that is no label at all until somebody has adjudicated.
    label = None if voted.adjudicate else voted.label
    return LabelValue(label, voted.method, voted.agreement, readers, not voted.adjudicate)


@transaction.atomic
def labels_refresh(*, project: Project, image: Image) -> None:
    """Derive the labels of one image again from all its answers. Idempotent.

    Answers are independent only if nobody knew another's. So the unexposed label uses the answer that a reader gave before
    they saw the others' answers, even if they have amended it since. Otherwise two readers who differ would agree as soon
    as one has looked. Their later answer counts in the exposed label only. Reads that measure a reader (a known answer, a
    repeat) do not count.
    """
    # Two refreshes of one image stand in line. No key is changed, so that rows which refer to it can still be inserted.
    Image.objects.select_for_update(of=("self",), no_key=True).get(pk=image.pk)
    seen = answers_seen(image)
    answers = list(
        Answer.objects.filter(read__project=project, read__image=image)
        .exclude(read__assignment__purpose__in=MEASURING)
        .select_related("read__superseded_by", "read__assignment")
        .order_by("read__created_at")
    )
    imported = list(
        ImportedLabel.objects.filter(source__project=project, source__withdrawal=None, image=image)
        .select_related("source")
        .order_by("source__created_at")
    )
    for finding in project.findings.all():
        said = [answer for answer in answers if answer.finding_id == finding.pk]
        given = [label for label in imported if label.finding_id == finding.pk]
        unexposed = [answer for answer in said if answer.exposure == NONE and unaware(answer.read, seen)]
        _label_write(project, image, finding, NONE, unexposed, given)
        last = [answer for answer in said if superseded_at(answer.read) is None]
        if not any(_influenced(answer, seen) for answer in last):
            last = []  # nobody has seen anything: the exposed label would only repeat the other one
        _label_write(project, image, finding, SHOWN, last, given)
    _adjudicate(project, image)
    reorder_request(project=project.pk)
    announce(LabelsChanged(project.pk))


def _influenced(answer: Answer, seen: Seen) -> bool:
    """Whether its reader had seen the model's answer, or the others' answers, unless they were to decide between these."""
    looked = seen.get(answer.read.reader_id)
    told = looked is not None and answer.read.created_at >= looked and answer.origin != "adjudicated"
    return answer.exposure == SHOWN or told


def _label_write(
    project: Project, image: Image, finding: Finding, exposure: str, answers: list[Answer], given: list[ImportedLabel]
) -> None:
    """Write or delete the label of one exposure. An imported label stands only if no reader has answered."""
    key: dict[str, Any] = {"project": project, "image": image, "finding": finding, "exposure": exposure}
    given = [label for label in given if label.source.exposure == exposure]
    if answers:
        fields = _from_answers(project, finding, exposure, answers)
    elif given:
        fields = label_of_import(finding, given[-1])
    else:
        ReferenceLabel.objects.filter(**key).delete()
        return
    ReferenceLabel.objects.update_or_create(**key, defaults=fields)


def _from_answers(project: Project, finding: Finding, exposure: str, answers: list[Answer]) -> dict[str, Any]:
    """The label's fields. Each reader's last answer counts once; an adjudicator's decides."""
    last = {answer.read.reader_id: answer for answer in answers}  # they come oldest first
    adjudicated = [answer for answer in last.values() if answer.origin == "adjudicated"]
    agreed = consensus(finding, [answer.value for answer in adjudicated[-1:] or last.values()])
    enough = len(last) >= project.reference_readers or bool(adjudicated)
    return {
        "origin": "adjudicated" if adjudicated else "read",
        "method": "adjudication" if adjudicated else agreed.method,
        "value": agreed.value,
        "agreement": agreed.agreement,
        "readers": len(last),
        "disputed": not agreed.settled,
        "independent": exposure == NONE and enough and agreed.settled,
    }


def label_of_import(finding: Finding, label: ImportedLabel) -> dict[str, Any]:
    """The fields of a label that stands on an import alone."""
    return {
        "origin": "imported",
        "method": "imported",
        "value": answer_number(finding, label.value),
        "agreement": None,
        "readers": 0,
        "disputed": False,
        "independent": label.source.independent and label.source.exposure == NONE,
    }


def _adjudicate(project: Project, image: Image) -> None:
    """Send a case of the reference set to an adjudicator, once, if its readers disagree."""
    if not image.patient.reference:
        return
    labels = ReferenceLabel.objects.filter(project=project, image=image, exposure=NONE, disputed=True)
    names = ", ".join(label.finding.name.lower() for label in labels.select_related("finding"))
    if names:
        # Rank −1: before every other case of ordinary priority, since the gate waits for this label.
        Assignment.objects.get_or_create(
            project=project,
            image=image,
            purpose=Purpose.ADJUDICATE,
            slot=0,
            defaults={"blind": True, "rank": -1.0, "reason": f"{DISPUTED} {names}"[:200]},
        )
