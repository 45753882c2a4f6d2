"""Referring a case to colleagues: to a higher role, or to another reader for a second opinion."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Assignment, Priority, Purpose, Read, Sent
from labeling.queries.referrals import RANKS, opinion_waiting, rank_of, recipients
from labeling.services.release import AssignmentGone, assignment_requeue, hold_end, refuse_if_amending
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.models import Role
from overread.projects.rules import READING


class NotSent(ValueError):
    """The case cannot be sent. The text says why, for the reader."""


@transaction.atomic
def assignment_escalate(*, assignment: Assignment, reader: User, role: str, reason: str) -> Assignment:
    """Send a case that the reader holds to a higher role: first in line there, and never back to the sender.

    Purpose and blindness stay the same, but a repeat becomes a second look. Only the reason travels, nothing that the sender
    has drawn or written. A stored first read stands. Raises NotSent without a reason or if nobody can read it,
    AssignmentGone if the reader does not hold the case.
    """
    reason = _reason(reason, needed=True)
    if not role:
        raise NotSent(_("Choose the role this case goes to."))
    if role in READING and RANKS[Role(role)] <= rank_of(project=assignment.project, reader=reader):
        raise NotSent(_("A case is escalated to a role above your own."))
    refuse_if_amending(assignment)
    hold_end(assignment, reader, Assignment.HELD, state=Assignment.State.ESCALATED, finished_at=timezone.now())
    return _send(assignment, reader, Sent.ESCALATION, role, reason)


@transaction.atomic
def opinion_ask(*, assignment: Assignment, reader: User, role: str = "", reason: str = "") -> Assignment:
    """Ask another reader, of any role or a named one, to read the same image without seeing this reader's answers.

    This reader's own read stands, or goes on. Raises NotSent if they have asked already or nobody can read it, AssignmentGone
    for a case that is not this reader's.
    """
    reason = _reason(reason, needed=False)
    Image.objects.select_for_update(no_key=True).get(pk=assignment.image_id)  # a double click asks once
    mine = Assignment.objects.filter(pk=assignment.pk, reader=reader, state__in=Assignment.RESERVED).exists()
    if not mine and not Read.objects.filter(assignment=assignment, reader=reader).exists():
        raise AssignmentGone(_("You do not hold this case and have not read it."))
    if opinion_waiting(assignment=assignment, sender=reader):
        raise NotSent(_("You have already asked for a second opinion on this case. It is waiting for a reader."))
    return _send(assignment, reader, Sent.OPINION, role, reason)


def _reason(given: str, *, needed: bool) -> str:
    reason = given.strip()
    if needed and not reason:
        raise NotSent(_("Give a reason for escalating this case."))
    if len(reason) > 500:
        raise NotSent(_("Use 500 characters or fewer; you have used %(count)s.") % {"count": len(reason)})
    return reason


def _send(assignment: Assignment, sender: User, kind: Sent, role: str, reason: str) -> Assignment:
    if role and role not in READING:
        raise NotSent(_("That role does not read in this project."))
    purpose = _purpose(assignment, kind)
    if not recipients(assignment=assignment, sender=sender, role=role, purpose=purpose).exists():
        raise NotSent(_nobody(role))
    why = assignment.reason
    if assignment.purpose == Purpose.SINGLE:
        why = ""  # "opened by you" is not true of whoever gets it
    sent = assignment_requeue(
        assignment=assignment,
        purpose=purpose,
        priority=Priority.SENT,
        reason=why,
        for_role=role,
        sent_as=kind,
        sent_by=sender,
        sent_from=assignment,
        sent_reason=reason,
    )
    verb = "assignment.escalate" if kind == Sent.ESCALATION else "assignment.second_opinion"
    event_append(verb=verb, actor=sender, target=assignment, project=assignment.project_id, role=role, to=str(sent.pk))
    return sent


def _purpose(assignment: Assignment, kind: Sent) -> Purpose:
    """The purpose of the new case. An opinion on an adjudication is one more reference read; another reader's second read
    of a repeat is a second look.
    """
    if kind == Sent.OPINION and assignment.purpose == Purpose.ADJUDICATE:
        return Purpose.REFERENCE
    if assignment.purpose == Purpose.REPEAT:
        return Purpose.RELABEL
    return Purpose(assignment.purpose)


def _nobody(role: str) -> str:
    if not role:
        return _(
            "Nobody else in this project can read this case: they have read it, skipped it or seen the model on it."
        )
    told = _(
        "Nobody else with the role %(role)s can read this case: they have read it, skipped it or seen the model on it."
    )
    return told % {"role": Role(role).label.lower()}
