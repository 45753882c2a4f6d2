"""Asking the gate for a verdict."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from inference.models import Pipeline
from inference.queries import champion_of
from overread.accounts.models import User
from overread.jobs.models import Job, State
from overread.projects.models import Project
from training.jobs import judge_jobs, judge_request


class InUse(Exception):
    """The model is the one in use. The text says so, for a person."""


class GateBusy(Exception):
    """The gate judges this model already. The text says so, for a person."""


@transaction.atomic
def model_judge(*, pipeline: Pipeline, requested_by: User) -> Job:
    """Have a model put before the gate again, by a job. Raises InUse, and GateBusy while one waits or runs."""
    Project.objects.select_for_update(no_key=True).get(pk=pipeline.project_id)  # two who ask at once stand in line
    if champion_of(pipeline.project) == pipeline:
        raise InUse(_("This model is in use; there is nothing to compare it with."))
    if judge_jobs(pipeline).filter(state__in=(State.QUEUED, State.RUNNING)).exists():
        raise GateBusy(_("The gate is being run already."))
    return judge_request(pipeline=pipeline, requested_by=requested_by)
