"""Putting a case aside: it stays reserved for its reader until a time they choose."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labeling.models import Assignment
from labeling.services.release import AssignmentGone
from overread.accounts.models import User
from overread.audit.services import event_append


class Until(models.TextChoices):
    """For how long a case can be put aside."""

    HOUR = "hour", _("For 1 hour")
    TODAY = "today", _("Until the end of today")
    TOMORROW = "tomorrow", _("Until the end of tomorrow")


def moment_of(until: Until) -> datetime:
    """When this time from now ends, in the server's time zone."""
    if until == Until.HOUR:
        return timezone.now() + timedelta(hours=1)
    days = 1 if until == Until.TODAY else 2
    # A day ends at the next midnight, however long it is: one that changes to summer time has 23 hours.
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time.min))


@transaction.atomic
def assignment_defer(*, assignment: Assignment, reader: User, until: Until) -> datetime:
    """Put aside a case that the reader holds; until then it is in nobody's queue. Returns when that is.

    Raises AssignmentGone if the reader does not hold it.
    """
    moment = moment_of(until)
    mine = Assignment.objects.filter(pk=assignment.pk, reader=reader, state__in=Assignment.HELD)
    # The version stays the same: the browser keeps unfinished answers under it.
    if not mine.update(state=Assignment.State.DEFERRED, lease_until=moment, worked_at=timezone.now()):
        raise AssignmentGone(gettext("You no longer hold this case."))
    event_append(
        verb="assignment.defer", actor=reader, target=assignment, project=assignment.project_id, until=str(until)
    )
    return moment
