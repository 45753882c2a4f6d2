"""Which pipeline is in use. Swapped by compare-and-swap, by a person, forwards and back."""

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
    """The champion is not the one the signer looked at."""


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
    """Put `pipeline` in use in place of `expected` (None: the first). Every image is scored anew by a job.

    Raises ChampionMoved when somebody else was quicker.
    """
    now = timezone.now()
    if expected is None:
        champion, made = Champion.objects.get_or_create(project=project, defaults={"pipeline": pipeline, "since": now})
        swapped = int(made)
    else:
        swapped = Champion.objects.filter(project=project, pipeline=expected).update(
            pipeline=pipeline, since=now, swaps=F("swaps") + 1
        )
    if not swapped:
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
    event_append(
        verb="model.roll_back" if rollback else "model.promote",
        actor=signed_by,
        target=pipeline,
        project=project.pk,
        previous=str(expected.pk) if expected else None,
        reason=reason,
    )
    refresh_request(promotion=promotion)
    return promotion
