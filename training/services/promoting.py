"""Promotion and rollback: a person puts a model in use, behind the gate."""

from __future__ import annotations

from django.db import transaction

from inference.models import Pipeline, Promotion
from inference.queries import champion_of
from inference.services import ChampionMoved, champion_swap
from overread.accounts.models import User
from overread.projects.models import Project
from training.models import Verdict


class GateClosed(Exception):
    """This model may not be promoted. The text says why, for a person."""


@transaction.atomic
def model_promote(*, verdict: Verdict, signed_by: User, reason: str = "") -> Promotion:
    """Put the challenger of a passed verdict in use. Raises GateClosed, ChampionMoved."""
    if not verdict.passed:
        raise GateClosed("The gate was not passed. The checks that failed are listed on its page.")
    # Labels may have come since an older verdict: without this, one could judge again and sign the best of several.
    newest = Verdict.objects.filter(challenger=verdict.challenger).order_by("-created_at").first()
    if newest and newest.pk != verdict.pk:
        raise GateClosed("There is a newer verdict on this model. Decide on that one.")
    current = champion_of(verdict.project)
    if current == verdict.challenger:
        raise GateClosed("This model is in use already.")
    # The gate compared the challenger with one champion. Against another it has shown nothing.
    current_id = current.pk if current else None
    if current_id != verdict.champion_id:
        raise ChampionMoved("The model in use is not the one this challenger was compared with. Run the gate again.")
    return champion_swap(
        project=verdict.project,
        pipeline=verdict.challenger,
        expected=current,
        signed_by=signed_by,
        reason=reason,
        verdict=verdict.pk,
    )


@transaction.atomic
def model_roll_back(*, project: Project, pipeline: Pipeline, signed_by: User, reason: str) -> Promotion:
    """Put back a pipeline that was in use before. Raises GateClosed when it never was, or no reason is given.

    The gate is not asked: a rollback is for the moment when the model in use turns out to be wrong.
    """
    if not reason.strip():
        raise GateClosed("Say why the model is rolled back; it goes into the record.")
    if not Promotion.objects.filter(project=project, pipeline=pipeline).exists():
        raise GateClosed("Only a model that was in use before can be rolled back to.")
    current = champion_of(project)
    if current == pipeline:
        raise GateClosed("This model is in use already.")
    return champion_swap(
        project=project, pipeline=pipeline, expected=current, signed_by=signed_by, reason=reason.strip(), rollback=True
    )
