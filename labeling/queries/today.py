"""What a reader has read since midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from labeling.models import Answer, Assignment, Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from overread.rows import PreparedQuery, Select


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
    before, count = _number()
    ((images,),) = count.rows(*before.values(assignment.project, reader, assignment.image, _midnight()))
    return int(images) + 1


@cache
def _number() -> tuple[PreparedQuery, Select]:
    """The query of the images read before one since a moment, all if that one was not read, and the statement that counts
    them. Composed once, as it runs between two cases.
    """

    def before(project: Project, reader: User, image: Image, start: datetime) -> QuerySet[Read, Any]:
        reads = Read.objects.filter(project=project, reader=reader, created_at__gte=start)
        first = reads.filter(image=image).order_by("created_at").values("created_at")[:1]
        earlier = reads.filter(Q(created_at__lt=Subquery(first)) | ~Exists(reads.filter(image=image)))
        return earlier.values_list("image", flat=True).distinct()

    images = PreparedQuery(before, Project, User, Image, datetime)
    return images, Select(also=["COUNT(*)"], rest=f"FROM ({images.sql}) AS earlier")


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
    return Read.objects.filter(project=project, reader=reader, created_at__gte=_midnight())


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
