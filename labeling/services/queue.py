"""Who holds which case. A case is given by a conditional update, so that two readers never get the same one."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from inference.models import Exposure
from labeling.jobs import fill_request
from labeling.models import Assignment, Holding, Purpose, Read
from labeling.queries.assignments import CASE, CASES, case_of
from labeling.queries.blind_first import reads_blind
from labeling.queries.open_cases import open_to, open_to_roles
from labeling.selection.reasons import OPENED
from labeling.services.order import ORDER
from labeling.services.release import LAPSED, AssignmentGone, assignments_release_lapsed, leases_lapsed, slot_free
from overread import rows
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.models import Project
from overread.projects.rules import user_roles

State = Assignment.State
# A claim tries again if somebody was quicker or leases had lapsed. A failed attempt means that another reader got a case
# or that cases came back, so that the queue moves on; nobody should fail this often in a row.
ATTEMPTS = 30
GIVEN = ("state", "reader_id", "version", "blind", "claimed_at", "worked_at", "lease_until")
READER = rows.PreparedQuery(lambda reader: User.objects.select_for_update(no_key=True).filter(pk=reader.pk), User)


class Missed(Enum):
    """Why nothing could be taken from the queue."""

    EMPTY = "it holds none for this reader"
    QUICKER = "somebody else was quicker"
    LAPSED = "leases have run out: their cases go back into it first"


def assignment_claim(*, project: Project, reader: User, besides: Assignment | None = None) -> Assignment | None:
    """The case this reader holds, or else the first in the queue that they may read; None if there is none.

    With `besides`, the case after that one.
    """
    hand = assignments_claim(project=project, reader=reader, count=2 if besides else 1)
    return next((held for held in hand if held != besides), None)


def assignments_claim(*, project: Project, reader: User, count: int) -> list[Assignment]:
    """The cases this reader holds, the first claimed first, and more from the queue up to `count`; fewer if it runs out.

    They are never given an image that they have read, nor a blind case of an image whose prediction they have seen. A repeat,
    which is for this reader alone, is the exception to both. O(log n) in the length of the queue.
    """
    hand: list[Assignment] = []
    for _ in range(ATTEMPTS):
        hand = []
        missed: Missed | None = None
        # A transaction for each attempt, so that its locks are gone before lapsed leases are given back.
        with transaction.atomic():
            # Without the lock two tabs of one reader would each see nothing held, and take a case each.
            reader_lock(reader)
            while len(hand) < count and missed is None:
                found = _next(project, reader, after=len(hand))
                if isinstance(found, Missed):
                    missed = found
                else:
                    hand.append(found)
        if missed is None or missed is Missed.EMPTY:
            break
        if missed is Missed.LAPSED:
            assignments_release_lapsed(project=project)
    return hand


def reader_lock(reader: User) -> None:
    """Make the same reader's other tabs wait until this transaction ends. SQLite's write lock does so by itself."""
    if connection.features.has_select_for_update:
        READER.found(reader)


def _next(project: Project, reader: User, *, after: int) -> Assignment | Missed:
    """The case that this reader holds after so many others, its lease extended; else the queue's first, now given to them."""
    roles = frozenset(user_roles(reader, project))
    # SKIP LOCKED first: readers who claim at the same moment each get another case instead of waiting in line for one.
    found = _found(project, reader, roles, after, skip_locked=True)
    if not found:
        # Nothing but what others lock at this moment: that may yet come free, so wait for it before saying "empty".
        found = _found(project, reader, roles, after, skip_locked=False)
    if not found:
        if leases_lapsed(project=project):
            return Missed.LAPSED
        fill_request(project=project.pk)
        return Missed.EMPTY
    row, *case, lapsed = found[0]
    assignment = case_of(project, row, case)
    if assignment.state != State.QUEUED:
        assignment.reader = reader
        assignment.lease_until = _lease(project)
        rows.update(assignment, "lease_until")
        return assignment
    if lapsed:
        # What lapsed may stand before this case in the queue, so it goes back first.
        return Missed.LAPSED
    if not _give(assignment, reader):
        return Missed.QUICKER
    return assignment


def _lease(project: Project) -> datetime:
    """Until when a case that is in view now stays its reader's."""
    return timezone.now() + timedelta(minutes=project.lease_minutes)


def _found(
    project: Project, reader: User, roles: frozenset[str], after: int, *, skip_locked: bool
) -> list[tuple[Any, ...]]:
    """The row of the case that `_next` looks for, in the order of CASE, and whether leases have lapsed; empty if none.

    The queue's first is locked. PostgreSQL may still show it as it was before another reader took it. Then it cannot be
    given, as its version has changed.
    """
    held, first, case = _statements(roles, skip_locked=skip_locked)
    now = timezone.now()
    values = [*LAPSED.values(project, now), *held.values(project, reader, now), after, *first.values(project, reader)]
    return case.rows(*values)


@cache
def _statements(
    roles: frozenset[str], *, skip_locked: bool
) -> tuple[rows.PreparedQuery, rows.PreparedQuery, rows.Select]:
    """For readers with these roles: the query of what they hold, the query of the first that is open to them, and the
    statement that fetches the case of either, which takes the `values` of both.
    """

    def held(project: Project, reader: User, now: datetime) -> QuerySet[Assignment, UUID]:
        mine = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD, lease_until__gt=now)
        return mine.order_by("claimed_at").values_list("pk", flat=True)

    def first(project: Project, reader: User) -> QuerySet[Assignment, UUID]:
        waiting = open_to_roles(project, reader, roles).order_by(*ORDER).select_for_update(skip_locked=skip_locked)
        return waiting.values_list("pk", flat=True)[:1]

    holds = rows.PreparedQuery(held, Project, User, datetime)
    opens = rows.PreparedQuery(first, Project, User)
    # COALESCE asks for the second only if the first is NULL, so the queue is not touched, nor locked, for a case in hand.
    key = f"COALESCE(({holds.sql} LIMIT 1 OFFSET %s), ({opens.sql}))"
    lapsed = f"EXISTS ({LAPSED.sql})"
    return holds, opens, rows.Select(*CASE, also=[lapsed], rest=f"{CASES} WHERE labeling_assignment.id = {key}")


@transaction.atomic
def assignment_take(*, assignment: Assignment, reader: User) -> Assignment:
    """Take the case that a page has named. If its slot is taken, take another slot of the same image.

    Raises AssignmentGone if this reader may read none of them any more.
    """
    taken = _held_or_waiting(assignment.project, assignment.image, reader, repeats=True)
    if taken is None:
        raise AssignmentGone(f"{assignment.image.code} has gone to another reader, or you have read it since.")
    return taken


def _held_or_waiting(project: Project, image: Image, reader: User, *, repeats: bool) -> Assignment | None:
    """The assignment of this image that the reader holds or has put aside, or else one from the queue, now given to them."""
    reader_lock(reader)
    mine = Assignment.objects.select_related("project", "image").filter(project=project, image=image, reader=reader)
    if held := mine.filter(state__in=Assignment.HELD).first():
        return assignment_extend(assignment=held, reader=reader)
    if aside := mine.filter(state=State.DEFERRED).first():
        return assignment_resume(assignment=aside, reader=reader)
    waiting = open_to(project, reader).select_related("image__study__patient").filter(image=image).order_by(*ORDER)
    if not repeats:
        waiting = waiting.filter(for_reader=None)
    return next((each for each in waiting if _give(each, reader)), None)


def _give(assignment: Assignment, reader: User) -> bool:
    """Give a queued case to the reader; False if another took it. It becomes blind if the policy has changed to that."""
    now = timezone.now()
    # The update goes through only for the row as it was seen: the version tells even a case that came back meanwhile.
    as_seen = {"state": State.QUEUED, "version": assignment.version}
    assignment.blind = assignment.blind or _turns_blind(assignment, reader)
    assignment.state = State.CLAIMED
    assignment.reader = reader
    assignment.version += 1
    assignment.claimed_at = now
    assignment.worked_at = None
    assignment.lease_until = now + timedelta(minutes=assignment.project.lease_minutes)
    if not rows.update(assignment, *GIVEN, provided=as_seen):
        return False
    rows.insert(Holding(assignment=assignment, reader=reader))
    event_append(verb="assignment.claim", actor=reader, target=assignment, project=assignment.project_id)
    return True


def _turns_blind(assignment: Assignment, reader: User) -> bool:
    """Whether a case that was queued open is now to be read blind first; not if the reader has seen a prediction of it."""
    if assignment.blind:
        return False
    asked = reads_blind(project=assignment.project, image=assignment.image, purpose=assignment.purpose)
    return asked and not Exposure.objects.filter(user=reader, image=assignment.image_id).exists()


def assignment_extend(*, assignment: Assignment, reader: User) -> Assignment:
    """Extend the lease of a case in view. Raises AssignmentGone if this reader does not hold it."""
    now = timezone.now()
    lease = now + timedelta(minutes=assignment.project.lease_minutes)
    mine = Assignment.objects.filter(pk=assignment.pk, reader=reader, state__in=Assignment.HELD)
    if not mine.update(lease_until=lease, worked_at=now):
        raise AssignmentGone("You no longer hold this case. An answer you send is still kept.")
    assignment.lease_until = lease
    return assignment


def assignments_extend(*, project: Project, reader: User) -> int:
    """Extend the leases of all cases that this reader holds in the project. Returns how many."""
    held = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD)
    return held.update(lease_until=_lease(project))


@transaction.atomic
def assignment_resume(*, assignment: Assignment, reader: User) -> Assignment:
    """Resume a case that was put aside, as it was left. Raises AssignmentGone if it has gone back to the queue."""
    now = timezone.now()
    fields = {
        "state": state_again(assignment, reader),
        "lease_until": now + timedelta(minutes=assignment.project.lease_minutes),
        "worked_at": now,
    }
    aside = Assignment.objects.filter(pk=assignment.pk, reader=reader, state=State.DEFERRED)
    if not aside.update(**fields):
        raise AssignmentGone(gettext("This case is no longer put aside for you."))
    for name, value in fields.items():
        setattr(assignment, name, value)
    event_append(verb="assignment.resume", actor=reader, target=assignment, project=assignment.project_id)
    return assignment


def state_again(assignment: Assignment, reader: User) -> Assignment.State:
    """The state of a case that is reopened: revealed if it was read blind and its prediction has been shown since."""
    first = Read.objects.filter(assignment=assignment, reader=reader, phase=Read.Phase.BLIND).exists()
    exposed = Exposure.objects.filter(user=reader, image=assignment.image_id).exists()
    if assignment.blind and first and exposed:
        return State.REVEALED
    return State.CLAIMED


@transaction.atomic
def assignment_open_single(*, project: Project, image: Image, reader: User) -> Assignment:
    """A case that a reader opens themselves, after an upload for example, and holds at once. Opening it again gives the same.

    If the image waits in the queue for any reader, they take that case, so that it is not read twice for one purpose. They
    do not take a repeat: a reader who looks at their own answer cannot give a second independent one.
    """
    if opened := _held_or_waiting(project, image, reader, repeats=False):
        return opened
    now = timezone.now()
    assignment = Assignment.objects.create(
        project=project,
        image=image,
        purpose=Purpose.SINGLE,
        slot=slot_free(project, image, Purpose.SINGLE),
        reader=reader,
        state=State.CLAIMED,
        version=1,
        blind=reads_blind(project=project, image=image, purpose=Purpose.SINGLE),
        rank=0.0,
        reason=OPENED,
        claimed_at=now,
        lease_until=now + timedelta(minutes=project.lease_minutes),
    )
    Holding.objects.create(assignment=assignment, reader=reader)
    event_append(verb="assignment.open", actor=reader, target=assignment, project=project.pk)
    return assignment
