"""Cases that readers put aside or send to each other, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Assignment, Sent
from labeling.queries.referrals import roles_above, roles_besides, sent_by
from overread.accounts.models import User
from overread.projects.models import Project, Role

SENT_SHOWN = 5  # newest


def until_words(moment: datetime) -> str:
    """When a deferred case returns: a time of day, or the end of a day."""
    local = timezone.localtime(moment)
    today = timezone.localdate()
    if local.time() == time.min:  # midnight: the end of the day before
        ended = (local - timedelta(days=1)).date()
        return _("the end of today") if ended == today else _("the end of tomorrow")
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return clock
    return _("tomorrow %(clock)s") % {"clock": clock}


def sent_words(assignment: Assignment, known: bool) -> str:
    """Who sent a case and why; "" for a case that nobody sent. `known`: whether the reason may be shown now."""
    if not assignment.sent_by:
        return ""
    if assignment.sent_as == Sent.ESCALATION:
        who = _("Escalated by %(name)s")
    else:
        who = _("Second opinion for %(name)s")
    sent = who % {"name": assignment.sent_by}
    if not known:
        # A colleague's reason may tell what they saw, and the first read is blind.
        return _("%(sent)s. The reason opens after your first read.") % {"sent": sent}
    if not assignment.sent_reason:
        return sent
    return f"{sent}: {assignment.sent_reason}"


@dataclass(frozen=True)
class SentRow:
    """One case that a reader has sent, and its outcome."""

    assignment: Assignment
    kind: str
    outcome: str


def sent_rows(project: Project, reader: User) -> list[SentRow]:
    rows = []
    for assignment in sent_by(project=project, reader=reader)[:SENT_SHOWN]:
        kind = str(Sent(assignment.sent_as).label).capitalize()
        rows.append(SentRow(assignment, kind, outcome_words(assignment)))
    return rows


def outcome_words(sent: Assignment) -> str:
    """The outcome of a case that was sent."""
    states = Assignment.State
    if sent.state == states.QUEUED:
        role = Role(sent.for_role).label.lower() if sent.for_role else _("any reader")
        return _("waits for: %(role)s") % {"role": role}
    if sent.state == states.DONE:
        return _("read by %(name)s") % {"name": sent.reader}
    if sent.state == states.SKIPPED:
        return _("returned unread: %(reason)s") % {"reason": sent.skip_reason}
    if sent.state == states.ESCALATED:
        return _("sent on to another role")
    return _("is being read")


def roles_offered(project: Project, reader: User) -> list[tuple[str, str]]:
    """The roles that can be asked for a second opinion, as the dialog offers them."""
    return [(role.value, str(role.label)) for role in roles_besides(project=project, reader=reader)]


def roles_to_escalate(project: Project, reader: User) -> list[tuple[str, str]]:
    """The roles that a case can be escalated to, as the dialog offers them."""
    return [(role.value, str(role.label)) for role in roles_above(project=project, reader=reader)]
