"""Which pipeline is in use. A person swaps it, forwards or back, by compare-and-swap."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from inference.jobs import refresh_request
from inference.models import Champion, Pipeline, Promotion
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.projects.models import Project


class ChampionMoved(Exception):
    """The champion is not the one that the signer saw."""


@transaction.atomic
def champion_swap(
    *,
    project: Project,
    pipeline: Pipeline,
    expected: Pipeline | None,
    signed_by: User,
    reason: str = "",
    verdict: UUID | None = None,
    rollback: bool = False,
) -> Promotion:
    """Put `pipeline` in use in place of `expected`, None for the first. A job then scores every image anew.

    Raises ChampionMoved when somebody else swapped it meanwhile.
    """
    if not _swap(project, pipeline, expected):
        raise ChampionMoved("The model in use changed while you were deciding. Look at it again.")
    promotion = Promotion.objects.create(
        project=project,
        pipeline=pipeline,
        previous=expected,
        rollback=rollback,
        verdict_id=verdict,
        signed_by=signed_by,
        reason=reason,
    )
    verb = "model.roll_back" if rollback else "model.promote"
    event_append(
        verb=verb,
        actor=signed_by,
        target=pipeline,
        project=project.pk,
        previous=str(expected.pk) if expected else None,
        reason=reason,
    )
    refresh_request(promotion=promotion)
    return promotion


def _swap(project: Project, pipeline: Pipeline, expected: Pipeline | None) -> bool:
    """Whether the champion was `expected` and is now `pipeline`.

    One statement compares and swaps, so that of two people who sign at the same moment one is refused.
    """
    now = timezone.now()
    if expected is None:
        _, made = Champion.objects.get_or_create(project=project, defaults={"pipeline": pipeline, "since": now})
        return made
    current = Champion.objects.filter(project=project, pipeline=expected)
    return bool(current.update(pipeline=pipeline, since=now, swaps=F("swaps") + 1))
