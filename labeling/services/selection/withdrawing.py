"""Cases that nobody can take any more leave the queue."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from labeling.models import Assignment, Purpose, Read
from labeling.services.selection.lines import met_by, readers_of
from overread.projects.models import Project

State = Assignment.State


def unreadable_withdraw(*, project: Project) -> int:
    """Withdraw repeats whose reader has left or has read the image since, and second looks and known answers that every
    reader has met. Returns how many.
    """
    queued = Assignment.objects.filter(project=project, state=State.QUEUED)
    readers = readers_of(project)
    since = Read.objects.filter(
        project=project, image=OuterRef("image"), reader=OuterRef("for_reader"), created_at__gte=OuterRef("created_at")
    )
    repeats = queued.filter(purpose=Purpose.REPEAT)
    stale = repeats.filter(~Q(for_reader__in=readers) | Q(Exists(since))).values_list("pk", flat=True)
    others = list(queued.filter(purpose__in=[Purpose.GOLD, Purpose.RELABEL]).values_list("pk", "image"))
    met = met_by(project, Q(image__in=[image for _case, image in others])) if others else {}
    return _withdraw([*stale, *(case for case, image in others if not readers - met.get(image, set()))])


def _withdraw(cases: Iterable[UUID]) -> int:
    waiting = Assignment.objects.filter(pk__in=list(cases), state=State.QUEUED)
    return waiting.update(state=State.WITHDRAWN, version=F("version") + 1, finished_at=timezone.now())
