"""Reads of the reading room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from inference.models import Exposure
from labeling.models import (
    MEASURING,
    Answer,
    Assignment,
    ExposureKind,
    FindingProposal,
    Purpose,
    Read,
    ReferenceLabel,
    WorthReport,
)
from labeling.services.order import ORDER
from labeling.services.queue import DRAWN, one_an_image, open_to, reads_blind
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project

COUNTED = 1000
EXPOSED_WEIGHT, IMPORTED_WEIGHT = 0.7, 0.9


@dataclass(frozen=True)
class TrainingLabel:
    """A label as a run may use it: its value (None: not assessable or disputed) and its weight in 0..1."""

    value: float | None
    weight: float


def training_labels(project: Project) -> dict[UUID, dict[str, TrainingLabel]]:
    """Image → finding slug → label, for images outside the reference set; each reader's last word if one was exposed.

    Weights follow exposure and origin, whether or not a reader agreed with the model: unexposed 1, exposed and imported
    less.
    """
    labels = ReferenceLabel.objects.filter(project=project, image__study__patient__reference=False)
    rows = labels.values_list("image", "finding__slug", "exposure", "origin", "value")
    out: dict[UUID, dict[str, TrainingLabel]] = {}
    for image, slug, exposure, origin, value in rows.order_by("image_id", "exposure"):  # none, then shown: it stands
        weight = (EXPOSED_WEIGHT if exposure == ExposureKind.SHOWN else 1.0) * (
            IMPORTED_WEIGHT if origin == "imported" else 1.0
        )
        out.setdefault(image, {})[slug] = TrainingLabel(value, weight)
    return out


def evaluation_labels(project: Project, *, independent_only: bool = True) -> dict[UUID, dict[str, float]]:
    """Image → finding slug → value, for the reference set: labels all of whose inputs are unexposed.

    The gate takes independent ones only: by enough blind readers, adjudicated, or declared so by their importer.
    """
    labels = ReferenceLabel.objects.filter(
        project=project, image__study__patient__reference=True, exposure=ExposureKind.NONE, value__isnull=False
    ).select_related("finding")
    labels = labels.filter(independent=True) if independent_only else labels
    out: dict[UUID, dict[str, float]] = {}
    for label in labels.order_by("image_id"):
        out.setdefault(label.image_id, {})[label.finding.slug] = float(label.value or 0.0)
    return out


def prediction_allowed(*, user: User, project: Project, image: Image) -> bool:
    """Whether a prediction of this image may leave the server for this user.

    Whoever reads in the project gets none of an image that is read blind first, or waits in the queue to be, before
    their own first read of it is stored; nor of one that waits for them to read it again.
    """
    if not user.has_perm("labeling.read", project):
        return True
    if _repeats_waiting(project, user).filter(image=image).exists():
        return False
    if Read.objects.filter(project=project, image=image, reader=user).exists():
        return True
    waits = _waiting_blind(project).filter(image=image).exists()
    return not waits and not reads_blind(project=project, image=image, purpose="single")


def _waiting_blind(project: Project) -> QuerySet[Assignment]:
    over = [Assignment.State.DONE, Assignment.State.WITHDRAWN, Assignment.State.ESCALATED]
    waiting = Assignment.objects.filter(project=project, blind=True, for_reader=None)
    return waiting.exclude(state__in=over)


def _repeats_waiting(project: Project, reader: User) -> QuerySet[Assignment]:
    """What waits to be read again by this reader, or is open in front of them and not answered."""
    waiting = (Assignment.State.QUEUED, Assignment.State.CLAIMED, Assignment.State.DEFERRED)
    return Assignment.objects.filter(project=project, for_reader=reader, state__in=waiting)


def answers_withheld(*, user: User, project: Project) -> QuerySet[Assignment, UUID]:
    """Images of which this user may see no answer but their own yet: they wait to be read blind, perhaps by this user."""
    if not user.has_perm("labeling.read", project):
        return Assignment.objects.none().values_list("image", flat=True)
    own = Read.objects.filter(project=project, image=OuterRef("image"), reader=user)
    waiting = _waiting_blind(project).exclude(Exists(own)) | _repeats_waiting(project, user)
    return waiting.values_list("image", flat=True)


@dataclass(frozen=True)
class Worklist:
    """What a reader may read next, one row an image, each part in its order: what they hold, what they put aside, then
    what they could take.
    """

    held: QuerySet[Assignment]
    aside: QuerySet[Assignment]
    free: QuerySet[Assignment]

    def first(self) -> Assignment | None:
        """Where to go on: what was worked on last, or else the next of the queue."""
        return self.held.first() or self.free.first()

    def matching(self, which: Q, limit: int) -> list[Assignment]:
        """The first of those that `which` admits."""
        rows: list[Assignment] = []
        for part in (self.held, self.aside, self.free):
            rows += part.filter(which)[: limit - len(rows)]
        return rows

    def counted(self, which: Mapping[str, Q]) -> dict[str, int]:
        """How many each of them admits."""
        numbers = {name: Count("pk", filter=condition) for name, condition in which.items()}
        parts = [part.order_by().aggregate(**numbers) for part in (self.held, self.aside, self.free)]
        return {name: sum(part[name] for part in parts) for name in which}


def worklist(*, project: Project, reader: User) -> Worklist:
    """The cases of this reader. Questions by part, not one: the queue's is then read off its index, however long it
    is.
    """
    mine = Assignment.objects.filter(project=project, reader=reader).select_related(*DRAWN, "sent_by")
    free = one_an_image(open_to(project, reader), project, reader).select_related(*DRAWN, "sent_by")
    return Worklist(
        mine.filter(state__in=Assignment.HELD).order_by(F("worked_at").desc(nulls_last=True), "claimed_at"),
        mine.filter(state=Assignment.State.DEFERRED).order_by("lease_until"),
        free.order_by(*ORDER),
    )


def told_to(*, project: Project, reader: User) -> Q:
    """Of an assignment: whether this reader may know why it is there, as `prediction_allowed` has it of its image."""
    own = Exists(Read.objects.filter(project=project, image=OuterRef("image"), reader=reader))
    again = Exists(_repeats_waiting(project, reader).filter(image=OuterRef("image")))
    if project.blind_first == BlindFirst.ALWAYS:
        return Q(own) & ~Q(again)
    waits = Exists(_waiting_blind(project).filter(image=OuterRef("image")))
    return ~Q(again) & (Q(own) | (Q(blind=False) & ~Q(waits)))


def waiting_besides(*, assignment: Assignment, reader: User) -> tuple[int, bool]:
    """How many images wait for this reader besides this one, and whether there are more, which nobody counted.

    One question for between two cases: no more than the queue's first COUNTED rows are looked at.
    """
    project, image = assignment.project, assignment.image_id
    held = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD).exclude(image=image)
    free = open_to(project, reader).exclude(image=image).order_by(*ORDER).values_list("image", flat=True)
    rows = free[:COUNTED]
    return held.count() + len(set(rows)), len(rows) == COUNTED


def _reads_since_midnight(project: Project, reader: User) -> QuerySet[Read]:
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Read.objects.filter(project=project, reader=reader, created_at__gte=start)


def read_today(*, project: Project, reader: User) -> Exists:
    """Of an assignment: whether this reader has read its image since midnight, as with a case revealed or undone."""
    return Exists(_reads_since_midnight(project, reader).filter(image=OuterRef("image")))


def cases_today(*, project: Project, reader: User) -> int:
    """How many cases this reader has read since midnight; one question, for between two cases."""
    return _reads_since_midnight(project, reader).values("image").distinct().count()


def case_number(*, assignment: Assignment, reader: User) -> int:
    """Which of this reader's cases today this one is: its place among those read, or the one after them.

    A case keeps its number when it is revealed, or opened again by an undo.
    """
    reads = _reads_since_midnight(assignment.project, reader)
    first = reads.filter(image=assignment.image).aggregate(first=Min("created_at"))["first"]
    before = reads.filter(created_at__lt=first) if first else reads
    return before.values("image").distinct().count() + 1


def reads_today(*, project: Project, reader: User) -> dict[str, Any]:
    """How many cases today, how many of them corrected the model, and the mean active time per case in seconds."""
    reads = _reads_since_midnight(project, reader)
    timed = reads.filter(active_ms__gt=0).aggregate(ms=Sum("active_ms"), cases=Count("image", distinct=True))
    return {
        "cases": cases_today(project=project, reader=reader),
        "corrections": corrections(reads),
        "seconds": timed["ms"] / timed["cases"] / 1000 if timed["cases"] else None,
    }


def corrections(reads: QuerySet[Read]) -> int:
    """Reads, with a prediction in view, that contradict it on a binary finding."""
    count = 0
    for read in reads.exclude(prediction=None).select_related("prediction").prefetch_related("answers__finding"):
        outputs = read.prediction.outputs if read.prediction else {}
        count += any(contradicts(answer, outputs) for answer in read.answers.all())
    return count


def contradicts(answer: Answer, outputs: dict[str, dict[str, Any]]) -> bool:
    """Whether an answer says present below the threshold, or absent above it."""
    said = outputs.get(answer.finding.slug, {})
    return "above" in said and answer.value in ("absent", "present") and (answer.value == "present") != said["above"]


def own_read(*, assignment: Assignment, reader: User) -> Read | None:
    """The reader's standing read as their case may show it: of a repeat only what they have answered this time."""
    reads = Read.objects.filter(project=assignment.project, image=assignment.image, reader=reader)
    return _newest(reads.filter(assignment=assignment) if assignment.purpose == Purpose.REPEAT else reads)


def newest_read(*, project: Project, image: Image, reader: User) -> Read | None:
    """The reader's last unsuperseded read of an image."""
    return _newest(Read.objects.filter(project=project, image=image, reader=reader))


def _newest(reads: QuerySet[Read]) -> Read | None:
    return (
        reads.filter(superseded_by=None)
        .prefetch_related("answers__finding", "regions__finding")
        .order_by("-created_at")
        .first()
    )


def reads_teaching(project: Project) -> QuerySet[Read]:
    """The reads that labels are made of: all but those that measure the reader."""
    return Read.objects.filter(project=project).exclude(assignment__purpose__in=MEASURING)


def label_counts(project: Project) -> dict[str, int]:
    """Finding slug → labelled images."""
    counted = (
        ReferenceLabel.objects.filter(project=project).values("finding__slug").annotate(n=Count("image", distinct=True))
    )
    return {row["finding__slug"]: row["n"] for row in counted}


def labelled_count(project: Project) -> int:
    """Images outside the reference set that have a label."""
    labels = ReferenceLabel.objects.filter(project=project, image__study__patient__reference=False)
    return labels.values("image").distinct().count()


def worth_newest(project: Project) -> WorthReport | None:
    return WorthReport.objects.filter(project=project).order_by("-created_at").first()


def exposed(user: User, image: Image) -> bool:
    return Exposure.objects.filter(user=user, image=image).exists()


def reads_without_label() -> QuerySet[Read]:
    """Reads whose labels were not derived: none, unless a job died."""
    return Read.objects.exclude(
        Exists(ReferenceLabel.objects.filter(project=OuterRef("project"), image=OuterRef("image")))
    )


@dataclass(frozen=True)
class Proposed:
    """One name that readers have proposed, with every open proposal of it, the newest first."""

    name: str
    proposals: tuple[FindingProposal, ...]

    @property
    def readers(self) -> int:
        return len({proposal.reader_id for proposal in self.proposals})


def proposals_for(*, user: User, project: Project) -> QuerySet[FindingProposal]:
    """The proposals this user may see: their own; to an administrator everybody's, but for cases that wait to be read
    blind and that they, who read here too, have not read themselves.
    """
    rows = FindingProposal.objects.filter(project=project).select_related("image__study__patient", "reader", "finding")
    mine = Q(reader=user)
    if not user.has_perm("projects.administer", project):
        return rows.filter(mine)
    return rows.filter(mine | ~Q(image__in=answers_withheld(user=user, project=project)))


def proposed_names(*, user: User, project: Project) -> list[Proposed]:
    """What is proposed and not decided, the most often proposed first."""
    found: dict[str, list[FindingProposal]] = {}
    waiting = proposals_for(user=user, project=project).filter(state=FindingProposal.State.OPEN)
    for proposal in waiting.order_by("-at"):
        found.setdefault(proposal.name.casefold(), []).append(proposal)
    names = [Proposed(each[0].name, tuple(each)) for each in found.values()]
    return sorted(names, key=lambda each: -len(each.proposals))
