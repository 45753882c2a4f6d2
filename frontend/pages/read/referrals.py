"""What pages say of cases that readers put aside or send each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import Assignment, Sent
from labeling.queries.referrals import roles_above, roles_besides, sent_by
from overread.accounts.models import User
from overread.projects.models import Project, Role

SENT_SHOWN = 5


def until_words(moment: datetime) -> str:
    """When a case put aside returns: a time of day, or the end of a day."""
    local = timezone.localtime(moment)
    if local.time() == time.min:
        today = (local - timedelta(days=1)).date() == timezone.localdate()
        return _("the end of today") if today else _("the end of tomorrow")
    clock = local.strftime("%H:%M")
    return clock if local.date() == timezone.localdate() else _("tomorrow %(clock)s") % {"clock": clock}


def sent_words(assignment: Assignment, known: bool) -> str:
    """Who sent a case and why; the reason opens with everything else that is known of the case. Empty for others."""
    if not assignment.sent_by:
        return ""
    escalated = assignment.sent_as == Sent.ESCALATION
    who = _("Escalated by %(name)s") if escalated else _("Second opinion for %(name)s")
    said = who % {"name": assignment.sent_by}
    if not known:
        return _("%(sent)s. The reason opens after your first read.") % {"sent": said}
    return f"{said}: {assignment.sent_reason}" if assignment.sent_reason else said


@dataclass(frozen=True)
class SentRow:
    """One line of what a reader has sent, and what became of it."""

    assignment: Assignment
    kind: str
    outcome: str


def sent_rows(project: Project, reader: User) -> list[SentRow]:
    return [
        SentRow(each, str(Sent(each.sent_as).label).capitalize(), outcome_words(each))
        for each in sent_by(project=project, reader=reader)[:SENT_SHOWN]
    ]


def outcome_words(sent: Assignment) -> str:
    """What has become of a case that was sent."""
    role = Role(sent.for_role).label.lower() if sent.for_role else _("any reader")
    states = Assignment.State
    if sent.state == states.QUEUED:
        return _("waits for: %(role)s") % {"role": role}
    if sent.state == states.DONE:
        return _("read by %(name)s") % {"name": sent.reader}
    if sent.state == states.SKIPPED:
        return _("returned unread: %(reason)s") % {"reason": sent.skip_reason}
    return _("sent on to another role") if sent.state == states.ESCALATED else _("is being read")


def roles_offered(project: Project, reader: User) -> list[tuple[str, str]]:
    """The roles of whom a second opinion can be asked, as the dialog offers them."""
    return [(role.value, str(role.label)) for role in roles_besides(project=project, reader=reader)]


def roles_to_escalate(project: Project, reader: User) -> list[tuple[str, str]]:
    """The roles that a case can be escalated to, as the dialog offers them."""
    return [(role.value, str(role.label)) for role in roles_above(project=project, reader=reader)]
