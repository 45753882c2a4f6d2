"""Releasing a case without a new answer: it is given back or skipped, or its lease lapses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import SKIP_REASON, Assignment, Purpose, Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.models import Project
from overread.rows import PreparedQuery, whether

State = Assignment.State
# What an assignment hands on to the one that offers its image again.
CARRIED = (
    *("project", "image", "purpose", "selection", "blind", "rank", "strategy", "score", "probability", "reason"),
    *("priority", "suspected", "for_role", "sent_as", "sent_by", "sent_from", "sent_reason"),
)
# After this many skips of one image nobody is asked again: the image is at fault, not its readers.
SKIPS = 3


class AssignmentGone(Exception):
    """The reader does not hold this assignment, or does not any more. The text says so, for the reader."""


def hold_end(
    assignment: Assignment, holder: User, states: tuple[str, ...] = (State.CLAIMED,), **fields: object
) -> None:
    """End a reader's hold on a case. Raises AssignmentGone if they do not hold it in one of these states."""
    mine = Assignment.objects.filter(pk=assignment.pk, reader=holder, state__in=states)
    if not mine.update(version=F("version") + 1, lease_until=None, **fields):
        raise AssignmentGone(_("You no longer hold this case."))


def refuse_if_amending(assignment: Assignment) -> None:
    """Raises AssignmentGone for a stored read that is being amended: it can neither be sent on nor skipped."""
    if Assignment.objects.filter(pk=assignment.pk).exclude(amending="").exists():
        raise AssignmentGone(_("You are amending a stored read: submit it, or go back and it stands as it is."))


@transaction.atomic
def assignment_release(*, assignment: Assignment, reader: User) -> None:
    """Put a case back into the queue unread.

    A case that the reader opened themselves is withdrawn. One that they have answered already is done again. Raises
    AssignmentGone.
    """
    if Read.objects.filter(assignment=assignment, reader=reader).exists():
        hold_end(assignment, reader, Assignment.HELD, state=State.DONE, finished_at=timezone.now(), amending="")
    elif assignment.purpose == Purpose.SINGLE and not assignment.sent_as:
        hold_end(assignment, reader, state=State.WITHDRAWN, finished_at=timezone.now())
    else:
        hold_end(assignment, reader, state=State.QUEUED, reader=None)
    event_append(verb="assignment.release", actor=reader, target=assignment, project=assignment.project_id)


@transaction.atomic
def assignment_skip(*, assignment: Assignment, reader: User, reason: str) -> bool:
    """Skip a case with a reason; somebody else gets it.

    A case that is answered already, revealed or undone, is done again: its answer stands and nobody else is asked. Returns
    whether one stands. Raises ValueError without a reason, AssignmentGone.
    """
    reason = _reason(reason)
    refuse_if_amending(assignment)
    stands = Read.objects.filter(assignment=assignment, reader=reader).exists()
    now = timezone.now()
    if stands:
        hold_end(assignment, reader, Assignment.HELD, state=State.DONE, skip_reason=reason, finished_at=now)
    else:
        hold_end(assignment, reader, state=State.SKIPPED, skip_reason=reason, finished_at=now)
    event_append(
        verb="assignment.skip", actor=reader, target=assignment, project=assignment.project_id, read_stands=stands
    )
    if not stands:
        _offer_again(assignment)
    return stands


def _reason(given: str) -> str:
    reason = given.strip()
    if not reason:
        raise ValueError(_("Give a reason for skipping this case."))
    if len(reason) > SKIP_REASON:
        told = {"most": SKIP_REASON, "given": len(reason)}
        raise ValueError(_("Use %(most)d characters or fewer; you have used %(given)d.") % told)
    return reason


def _offer_again(assignment: Assignment) -> None:
    """Offer a skipped case to somebody else, unless it was for its reader alone, or its image was skipped SKIPS times."""
    if assignment.purpose == Purpose.REPEAT:
        return
    skips = Assignment.objects.filter(project=assignment.project, image=assignment.image, state=State.SKIPPED)
    if skips.count() < SKIPS and (assignment.purpose != Purpose.SINGLE or assignment.sent_as):
        assignment_requeue(assignment=assignment)


def assignment_requeue(*, assignment: Assignment, **otherwise: Any) -> Assignment:
    """Offer the image of an assignment again, as a new assignment that the same reader does not get.

    `otherwise`: the fields in which the new one differs.
    """
    fields = {name: getattr(assignment, name) for name in CARRIED} | otherwise
    slot = slot_free(assignment.project, assignment.image, fields["purpose"])
    return Assignment.objects.create(slot=slot, **fields)


def slot_free(project: Project, image: Image, purpose: str) -> int:
    """The next free slot of this image. Whoever else wants a slot of it waits until this transaction ends."""
    Image.objects.select_for_update(no_key=True).get(pk=image.pk)
    same = Assignment.objects.filter(project=project, image=image, purpose=purpose)
    highest = same.order_by("-slot").values_list("slot", flat=True).first()
    if highest is None:
        return 0
    return highest + 1


def _lapsed(project: Project, now: datetime) -> QuerySet[Assignment]:
    return Assignment.objects.filter(project=project, lease_until__lt=now)


LAPSED = PreparedQuery(_lapsed, Project, datetime)


def leases_lapsed(*, project: Project) -> bool:
    """Whether a lease has lapsed, or the time of a case put aside is over."""
    (found,) = whether((LAPSED, (project, timezone.now())))
    return found


def assignments_release_lapsed(*, project: Project) -> int:
    """Put cases back into the queue whose lease has lapsed, or whose time put aside is over. Returns how many.

    What is answered is done. A case that its reader opened themselves is withdrawn.
    """
    if not leases_lapsed(project=project):
        return 0
    lapsed = _lapsed(project, timezone.now())
    answered = Exists(Read.objects.filter(assignment=OuterRef("pk"), reader=OuterRef("reader")))
    # In this order: each update takes the lease away, and so its rows out of what the next one finds lapsed.
    done = lapsed.filter(Q(state=State.REVEALED) | answered).update(
        state=State.DONE, lease_until=None, version=F("version") + 1, finished_at=timezone.now()
    )
    unread = lapsed.filter(state__in=[State.CLAIMED, State.DEFERRED])
    singles = unread.filter(purpose=Purpose.SINGLE, sent_as="").update(
        state=State.WITHDRAWN, lease_until=None, version=F("version") + 1
    )
    back = unread.update(state=State.QUEUED, reader=None, lease_until=None, version=F("version") + 1)
    return done + singles + back
