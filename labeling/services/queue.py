"""Who holds which case. A case is held by conditional update, so two readers are never given the same one."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from inference.models import Exposure
from labeling.models import ALWAYS_BLIND, Assignment, Holding, Purpose, Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.jobs.services import job_enqueue_once
from overread.projects.models import BlindFirst, Project, Role
from overread.projects.rules import user_roles

State = Assignment.State
ATTEMPTS = 30
DRAWN = ("project", "image__study__patient", "image__rendering")
"""What a page needs of a case to draw it."""


class AssignmentGone(Exception):
    """The reader does not hold this assignment (any more). The text says so, for the reader."""


def assignment_claim(*, project: Project, reader: User, besides: Assignment | None = None) -> Assignment | None:
    """The case this reader holds, or else the first one in the queue that is theirs to read; None when there is none.

    With `besides`, the case after that one.
    """
    hand = assignments_claim(project=project, reader=reader, count=2 if besides else 1)
    return next((held for held in hand if held != besides), None)


def assignments_claim(*, project: Project, reader: User, count: int) -> list[Assignment]:
    """The cases this reader holds, the first claimed first, and more from the queue up to `count`; fewer when it ends.

    Never a case this reader has read, or, where it is to be read blind, has seen a prediction of. O(log n) in the
    length of the queue.
    """
    assignments_release_lapsed(project=project)
    hand: list[Assignment] = []
    for _ in range(ATTEMPTS):
        with transaction.atomic():
            reader_lock(reader)
            hand, taken = _held(project, reader, count), None
            while len(hand) < count and (taken := _take(project, reader)):
                hand.append(taken)
        if len(hand) == count or taken is False:
            break
    return hand


def reader_lock(reader: User) -> None:
    """Let the same reader's other tabs wait until this transaction ends; on SQLite its write lock does so already."""
    User.objects.select_for_update(no_key=True).get(pk=reader.pk)


def _held(project: Project, reader: User, count: int) -> list[Assignment]:
    """The first `count` cases in this reader's hands, their leases prolonged."""
    held = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD)
    hand = list(held.select_related(*DRAWN).filter(lease_until__gt=timezone.now()).order_by("claimed_at")[:count])
    lease = timezone.now() + timedelta(minutes=project.lease_minutes)
    held.filter(pk__in=[each.pk for each in hand]).update(lease_until=lease)
    for each in hand:
        each.lease_until, each.reader = lease, reader
    return hand


def _take(project: Project, reader: User) -> Assignment | Literal[False] | None:
    """The assignment taken; False when the queue holds none for this reader; None when somebody was quicker."""
    queue = open_to(project, reader).select_related(*DRAWN).order_by("rank", "created_at")
    free = queue.select_for_update(skip_locked=True, of=("self",)).first()
    assignment = free or queue.select_for_update(of=("self",)).first()  # those locked a moment ago may yet come free
    if assignment is None:
        _ask_for_more(project)
        return False
    return assignment if _give(assignment, reader) else None


@transaction.atomic
def assignment_take(*, assignment: Assignment, reader: User) -> Assignment:
    """Hold the case that a page has named, or, where its slot has gone, another slot of the same image.

    Raises AssignmentGone when none of them is this reader's to read any more.
    """
    taken = _held_or_waiting(assignment.project, assignment.image, reader)
    if taken is None:
        raise AssignmentGone(f"{assignment.image.patient.code} has gone to another reader, or you have read it since.")
    return taken


def _held_or_waiting(project: Project, image: Image, reader: User) -> Assignment | None:
    """The assignment of this image that the reader holds, or one taken for them from the queue."""
    reader_lock(reader)
    mine = Assignment.objects.select_related("project", "image").filter(project=project, image=image, reader=reader)
    if held := mine.filter(state__in=Assignment.HELD).first():
        return assignment_extend(assignment=held, reader=reader)
    waiting = open_to(project, reader).filter(image=image).order_by("rank", "created_at")
    return next((each for each in waiting if _give(each, reader)), None)


def _give(assignment: Assignment, reader: User) -> bool:
    now = timezone.now()
    fields = {
        "state": State.CLAIMED,
        "reader": reader,
        "version": assignment.version + 1,
        "claimed_at": now,
        "lease_until": now + timedelta(minutes=assignment.project.lease_minutes),
    }
    if not Assignment.objects.filter(pk=assignment.pk, state=State.QUEUED, version=assignment.version).update(**fields):
        return False
    for name, value in fields.items():
        setattr(assignment, name, value)
    Holding.objects.create(assignment=assignment, reader=reader)
    event_append(verb="assignment.claim", actor=reader, target=assignment, project=assignment.project_id)
    return True


def open_to(project: Project, reader: User) -> QuerySet[Assignment]:
    """Queued assignments this reader may take."""
    same_image = {"image": OuterRef("image"), "reader": reader}
    read_before = Read.objects.filter(project=project, **same_image)
    met = Assignment.objects.filter(project=project, state__in=[*Assignment.HELD, State.SKIPPED], **same_image)
    queue = _fit_for(project, reader).select_related("project", "image")
    return queue.exclude(Exists(read_before)).exclude(Exists(met))


def one_an_image(queue: QuerySet[Assignment], project: Project, reader: User) -> QuerySet[Assignment]:
    """Of what is open to a reader the first of each image: they take one of its slots at most."""
    before = Q(rank__lt=OuterRef("rank")) | Q(rank=OuterRef("rank"), pk__lt=OuterRef("pk"))
    return queue.exclude(Exists(_fit_for(project, reader).filter(before, image=OuterRef("image"))))


def _fit_for(project: Project, reader: User) -> QuerySet[Assignment]:
    """What is queued, but for what calls for another role, or for eyes that have not seen the model."""
    seen = Exposure.objects.filter(user=reader, image=OuterRef("image"))
    queue = Assignment.objects.filter(project=project, state=State.QUEUED).exclude(Q(blind=True) & Exists(seen))
    return queue if Role.ADJUDICATOR in user_roles(reader, project) else queue.exclude(purpose=Purpose.ADJUDICATE)


def _ask_for_more(project: Project) -> None:
    job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)


def assignment_extend(*, assignment: Assignment, reader: User) -> Assignment:
    """Prolong the lease of a case in view. Raises AssignmentGone when it is not held by this reader."""
    lease = timezone.now() + timedelta(minutes=assignment.project.lease_minutes)
    mine = Assignment.objects.filter(pk=assignment.pk, reader=reader, state__in=Assignment.HELD)
    if not mine.update(lease_until=lease):
        raise AssignmentGone("This case is no longer held by you. An answer you send is kept all the same.")
    assignment.lease_until = lease
    return assignment


def assignments_extend(*, project: Project, reader: User) -> int:
    """Prolong the leases of every case this reader holds here. Returns how many."""
    lease = timezone.now() + timedelta(minutes=project.lease_minutes)
    return Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD).update(
        lease_until=lease
    )


def _leave(assignment: Assignment, holder: User, **fields: object) -> None:
    mine = Assignment.objects.filter(pk=assignment.pk, reader=holder, state=State.CLAIMED)
    if not mine.update(version=F("version") + 1, lease_until=None, **fields):
        raise AssignmentGone("This case is no longer held by you.")


@transaction.atomic
def assignment_release(*, assignment: Assignment, reader: User) -> None:
    """Put a case back into the queue unread; one the reader opened themselves is withdrawn. Raises AssignmentGone."""
    if assignment.purpose == Purpose.SINGLE:
        _leave(assignment, reader, state=State.WITHDRAWN, finished_at=timezone.now())
    else:
        _leave(assignment, reader, state=State.QUEUED, reader=None)
    event_append(verb="assignment.release", actor=reader, target=assignment, project=assignment.project_id)


@transaction.atomic
def assignment_skip(*, assignment: Assignment, reader: User, reason: str) -> None:
    """Refuse a case with a reason; somebody else gets it. Raises ValueError without a reason, AssignmentGone."""
    reason = reason.strip()
    if not reason:
        raise ValueError("Say in a word why you skip this case.")
    if len(reason) > 200:
        raise ValueError(f"Say it in 200 characters or fewer; these are {len(reason)}.")
    _leave(assignment, reader, state=State.SKIPPED, skip_reason=reason, finished_at=timezone.now())
    event_append(verb="assignment.skip", actor=reader, target=assignment, project=assignment.project_id)
    skips = Assignment.objects.filter(project=assignment.project, image=assignment.image, state=State.SKIPPED)
    if skips.count() < 3 and assignment.purpose != Purpose.SINGLE:
        assignment_requeue(assignment=assignment)


def assignment_requeue(*, assignment: Assignment) -> Assignment:
    """Offer the image of a skipped assignment again, as a new assignment that the same reader does not get."""
    return Assignment.objects.create(
        project=assignment.project,
        image=assignment.image,
        purpose=assignment.purpose,
        selection=assignment.selection,
        slot=_free_slot(assignment.project, assignment.image, assignment.purpose),
        blind=assignment.blind,
        rank=assignment.rank,
        strategy=assignment.strategy,
        score=assignment.score,
        probability=assignment.probability,
        reason=assignment.reason,
    )


def _free_slot(project: Project, image: Image, purpose: str) -> int:
    """The next slot; whoever else wants one of this image waits until this transaction ends."""
    Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    taken = (
        Assignment.objects.filter(project=project, image=image, purpose=purpose)
        .order_by("-slot")
        .values_list("slot", flat=True)
        .first()
    )
    return 0 if taken is None else taken + 1


def assignments_release_lapsed(*, project: Project) -> int:
    """Give back cases whose lease ran out. A case read blind keeps that first read and is done. Returns how many."""
    lapsed = Assignment.objects.filter(project=project, lease_until__lt=timezone.now())
    if not lapsed.exists():
        return 0
    done = lapsed.filter(state=State.REVEALED).update(
        state=State.DONE, lease_until=None, version=F("version") + 1, finished_at=timezone.now()
    )
    singles = lapsed.filter(state=State.CLAIMED, purpose=Purpose.SINGLE).update(
        state=State.WITHDRAWN, lease_until=None, version=F("version") + 1
    )
    back = lapsed.filter(state=State.CLAIMED).update(
        state=State.QUEUED, reader=None, lease_until=None, version=F("version") + 1
    )
    return done + singles + back


def reads_blind(*, project: Project, image: Image, purpose: str) -> bool:
    """Whether this image is read blind first: by purpose, by being of the reference set, or by the project's protocol.

    For a random share the draw is a keyed hash of project and image, so that asking again gives the same.
    """
    if purpose in ALWAYS_BLIND or image.patient.reference or project.blind_first == BlindFirst.ALWAYS:
        return True
    if project.blind_first == BlindFirst.OFF:
        return False
    digest = hmac.new(
        settings.REFERENCE_KEY.encode(), f"blind:{project.pk}:{image.pk}".encode(), hashlib.sha256
    ).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < project.blind_share


@transaction.atomic
def assignment_open_single(*, project: Project, image: Image, reader: User) -> Assignment:
    """A case a reader opened themselves (after an upload, say), held at once. Opening it again gives the same one.

    A case that waits in the queue for any reader is taken from there, so that it is not read twice for one purpose.
    """
    if opened := _held_or_waiting(project, image, reader):
        return opened
    now = timezone.now()
    assignment = Assignment.objects.create(
        project=project,
        image=image,
        purpose=Purpose.SINGLE,
        slot=_free_slot(project, image, Purpose.SINGLE),
        reader=reader,
        state=State.CLAIMED,
        version=1,
        blind=reads_blind(project=project, image=image, purpose=Purpose.SINGLE),
        rank=0.0,
        reason="Opened by you",
        claimed_at=now,
        lease_until=now + timedelta(minutes=project.lease_minutes),
    )
    Holding.objects.create(assignment=assignment, reader=reader)
    event_append(verb="assignment.open", actor=reader, target=assignment, project=project.pk)
    return assignment
