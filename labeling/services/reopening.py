"""Reopening a case: of a stored read, to undo it within seconds or to amend it with a reason, or one that was skipped.

The new read supersedes the old one.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Assignment, Read
from labeling.queries.open_cases import fitting
from labeling.queries.skipped import is_offered, offer_waiting, skipped_by
from labeling.services.queue import reader_lock, state_again
from labeling.services.reading import held_elsewhere
from labeling.services.release import AssignmentGone
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.rules import user_roles

UNDO = timedelta(seconds=30)


class NoReason(ValueError):
    """A read is amended without a reason. The text asks the reader for one."""


@transaction.atomic
def read_amend(*, read: Read, reader: User, reason: str) -> Assignment:
    """Reopen the case of a standing read. The read stands until the new one supersedes it, and stays in the record.

    A case that was read blind and then revealed is reopened as revealed: the blind answer stands for good.
    Raises NoReason, and AssignmentGone if this reader may not amend the read.
    """
    reason = reason.strip()
    if not reason:
        raise NoReason(_("Give a reason for amending this read."))
    if len(reason) > 500:
        raise NoReason(_("Use 500 characters or fewer; you have used %(count)s.") % {"count": len(reason)})
    reader_lock(reader)
    cases = Assignment.objects.select_for_update(of=("self",)).select_related("project", "image")
    assignment = cases.get(pk=read.assignment_id)
    if refusal := _refusal(read, assignment, reader):
        raise AssignmentGone(refusal)
    reopen(assignment, reader, amending=reason)
    event_append(verb="read.amend", actor=reader, target=read, project=assignment.project_id)
    return assignment


def _refusal(read: Read, assignment: Assignment, reader: User) -> str:
    """Why this read cannot be amended, for the reader; empty if it can."""
    if read.reader_id != reader.pk or Read.objects.filter(supersedes=read).exists():
        return _("You can amend only your own standing reads. This one has been superseded.")
    if read.extra:
        return _("This answer was kept as an extra read: the case is a colleague's. Open its image to read it again.")
    if assignment.reader_id == reader.pk and assignment.state in Assignment.RESERVED:
        return _("You have this case open, or put aside: continue it from your worklist.")
    if assignment.reader_id != reader.pk or assignment.state != Assignment.State.DONE:
        return _("A colleague has this case now. Open its image to read it again.")
    if held_elsewhere(assignment, reader):
        return _("You have this image open in another case: answer it there.")
    return ""


@transaction.atomic
def read_undo(*, read: Read, reader: User) -> Assignment:
    """Reopen the case of a read that was just stored, to answer it again; the read stands until a new one supersedes it.

    A case that was read blind and then revealed is reopened as revealed: the blind answer stands for good.
    Raises AssignmentGone if more than 30 seconds have passed, or it is not this reader's newest answer to the case.
    """
    # The reader first, then the case, as in a claim: locks taken in one order cannot deadlock.
    reader_lock(reader)
    cases = Assignment.objects.select_for_update(of=("self",)).select_related("project", "image")
    assignment = cases.get(pk=read.assignment_id)
    newest = Read.objects.filter(assignment=assignment, reader=reader).order_by("-created_at").first()
    if read.reader_id != reader.pk or newest is None or newest.pk != read.pk or read.extra:
        raise AssignmentGone(_("You can undo only your own last answer to a case."))
    if timezone.now() > read.created_at + UNDO:
        raise AssignmentGone(_("You can undo a read for 30 seconds. Open the case from your worklist to amend it."))
    if held_elsewhere(assignment, reader):
        raise AssignmentGone(_("You have this image open in another case: answer it there."))
    reopen(assignment, reader, amending=read.reason)
    event_append(verb="read.undo", actor=reader, target=read, project=assignment.project_id)
    return assignment


@transaction.atomic
def assignment_unskip(*, assignment: Assignment, reader: User) -> Assignment:
    """Give a case back to the reader who skipped it, if nobody else has taken it meanwhile.

    What was offered to others in its place is withdrawn. A second call gives the case that the first one gave. Raises
    AssignmentGone where a colleague has it, or where this reader may not read it any more.
    """
    # The reader first, then cases, as in a claim: locks taken in one order cannot deadlock.
    reader_lock(reader)
    cases = Assignment.objects.select_for_update(of=("self",)).select_related("project", "image")
    case = cases.get(pk=assignment.pk)
    if case.reader_id == reader.pk and case.state in Assignment.HELD:
        return case
    if refusal := _why_skipped_for_good(case, reader):
        raise AssignmentGone(refusal)
    _offer_withdraw(case)
    case.skip_reason = ""
    case.claimed_at = timezone.now()
    reopen(case, reader, amending="")
    event_append(verb="assignment.unskip", actor=reader, target=case, project=case.project_id)
    return case


def _why_skipped_for_good(case: Assignment, reader: User) -> str:
    """Why a reader cannot have this case back, for the reader; empty if they can."""
    if case.reader_id != reader.pk or case.state != Assignment.State.SKIPPED:
        return _("You have not skipped this case.")
    if held_elsewhere(case, reader):
        return _("You have this image open in another case: answer it there.")
    skipped = skipped_by(project=case.project, reader=reader).get(pk=case.pk)
    if skipped.read_since:  # type: ignore[attr-defined]
        return _("You have read this image since you skipped it.")
    if skipped.is_taken:  # type: ignore[attr-defined]
        return _("A colleague has taken this case since you skipped it.")
    roles = user_roles(reader, case.project)
    if not fitting(Assignment.objects.filter(pk=case.pk), reader, roles).exists():
        return _("You have seen more of this image since you skipped it than its reader may know.")
    return ""


def _offer_withdraw(case: Assignment) -> None:
    """Withdraw what waits for others in place of a skipped case. Raises AssignmentGone if one of them was quicker.

    Cases are locked before their image, as whoever opens an image does. PostgreSQL keeps the lock of a row that an update
    waited for, even where the row does not fit any more.
    """
    withdrawn = 0
    if waiting := offer_waiting(case):
        queued = Assignment.objects.filter(pk=waiting.pk, state=Assignment.State.QUEUED)
        withdrawn = queued.update(
            state=Assignment.State.WITHDRAWN, version=F("version") + 1, finished_at=timezone.now()
        )
    # Two who have skipped the same image take it back one after the other.
    Image.objects.select_for_update(no_key=True).get(pk=case.image_id)
    if not withdrawn and is_offered(case):
        raise AssignmentGone(_("A colleague has taken this case since you skipped it."))


def reopen(assignment: Assignment, reader: User, *, amending: str) -> None:
    """Give a case, whose row is locked, back to its reader. `amending`: why they amend it, or empty."""
    now = timezone.now()
    assignment.state = state_again(assignment, reader)
    assignment.amending = amending
    assignment.reader = reader
    assignment.version += 1
    assignment.finished_at = None
    assignment.worked_at = now
    assignment.lease_until = now + timedelta(minutes=assignment.project.lease_minutes)
    assignment.save()
