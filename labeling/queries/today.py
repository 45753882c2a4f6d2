"""What a reader has read since midnight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Sum
from django.utils import timezone

from labeling.models import Answer, Assignment, Read
from overread.accounts.models import User
from overread.projects.models import Project


@dataclass(frozen=True)
class Today:
    """How many cases today, how many of them corrected the model, and the mean active time per case in seconds."""

    cases: int
    corrections: int
    seconds: float | None


def read_today(*, project: Project, reader: User) -> Exists:
    """A condition on assignments: this reader has read the image since midnight, as with a case that is revealed or undone."""
    return Exists(_reads_since_midnight(project, reader).filter(image=OuterRef("image")))


def cases_today(*, project: Project, reader: User) -> int:
    """How many cases this reader has read since midnight. One query, as it runs between two cases."""
    return _reads_since_midnight(project, reader).values("image").distinct().count()


def case_number(*, assignment: Assignment, reader: User) -> int:
    """The number of this case among the reader's cases today: its place among those read, or the next one.

    A case keeps its number when it is revealed, or opened again by an undo.
    """
    reads = _reads_since_midnight(assignment.project, reader)
    first = reads.filter(image=assignment.image).aggregate(first=Min("created_at"))["first"]
    before = reads
    if first:
        before = reads.filter(created_at__lt=first)
    return before.values("image").distinct().count() + 1


def reads_today(*, project: Project, reader: User) -> Today:
    """What a reader has read since midnight."""
    reads = _reads_since_midnight(project, reader)
    timed = reads.filter(active_ms__gt=0).aggregate(ms=Sum("active_ms"), cases=Count("image", distinct=True))
    return Today(
        cases=cases_today(project=project, reader=reader),
        corrections=corrections(reads),
        seconds=timed["ms"] / timed["cases"] / 1000 if timed["cases"] else None,
    )


def corrections(reads: QuerySet[Read]) -> int:
    """How many reads contradict the prediction that was in view on a binary finding."""
    count = 0
    for read in reads.exclude(prediction=None).select_related("prediction").prefetch_related("answers__finding"):
        outputs = read.prediction.outputs if read.prediction else {}
        count += any(contradicts(answer, outputs) for answer in read.answers.all())
    return count


def contradicts(answer: Answer, outputs: dict[str, dict[str, Any]]) -> bool:
    """Whether an answer says present below the threshold, or absent above it."""
    said = outputs.get(answer.finding.slug, {})
    return "above" in said and answer.value in ("absent", "present") and (answer.value == "present") != said["above"]


def _reads_since_midnight(project: Project, reader: User) -> QuerySet[Read]:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Read.objects.filter(project=project, reader=reader, created_at__gte=start)
