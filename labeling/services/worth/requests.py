"""Requesting a report, and undoing what one has changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.queries import champion_of
from labeling.jobs import worth_jobs, worth_request
from labeling.models import WorthReport
from labeling.queries.labels import labelled_count
from labeling.queries.selections import worth_newest
from overread.accounts.models import User
from overread.audit.models import Event
from overread.audit.services import event_append
from overread.jobs.models import Job, State
from overread.projects.models import Project
from overread.projects.services import project_change

# New labels after which a report is made anew by itself: fewer would hardly move it, and it takes minutes.
EVERY = 100


class NothingToRestore(Exception):
    """No report has put a strategy aside, or somebody has chosen one since."""


@transaction.atomic
def worth_ask(*, project: Project, actor: User) -> Job:
    """Request a report by a job, or by one that waits already."""
    event_append(verb="worth.ask", actor=actor, target=project, project=project.pk)
    return worth_request(project=project.pk)


def comparable(project: Project) -> bool:
    """Whether there is a model with embeddings for a scout, and a finding that is not a measurement."""
    pipeline = champion_of(project)
    return pipeline is not None and any(row["kind"] != "measurement" for row in pipeline.classifier.card["layout"])


def worths_due() -> None:
    """Request a report for each project with EVERY new labels since its last one. Called about once a minute.

    A report that could not be made is requested again after a day.
    """
    for project in Project.objects.all():
        last = worth_newest(project)
        before = last.labels if last else 0
        if labelled_count(project) < before + EVERY:
            continue
        if comparable(project) and not _refused(project):
            worth_request(project=project.pk)


def _refused(project: Project) -> bool:
    """Whether a report could not be made within the last day."""
    dead = worth_jobs(project.pk).filter(state=State.DEAD)
    return dead.filter(finished_at__gt=timezone.now() - timedelta(days=1)).exists()


def put_aside(project: Project) -> str:
    """The strategy that a report has put aside; "" if there is none, or somebody has chosen one since."""
    last = WorthReport.objects.filter(project=project, fell_back=True).order_by("-created_at").first()
    if project.strategy != "random" or last is None or _chosen_since(project, last.created_at):
        return ""
    return last.strategy


def _chosen_since(project: Project, moment: datetime) -> bool:
    """Whether a person has changed the strategy since then."""
    # A report's own change is an event of the report, not of the project.
    changes = Event.objects.filter(target_type=project._meta.label_lower, target_id=str(project.pk), at__gt=moment)
    return changes.filter(verb="project.change", detail__changed__has_key="strategy").exists()


@transaction.atomic
def strategy_restore(*, project: Project, actor: User) -> Project:
    """Restore the strategy that a report has put aside. Raises NothingToRestore."""
    standing = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    strategy = put_aside(standing)
    if not strategy:
        raise NothingToRestore(_("No strategy is put aside: the one in force stays."))
    return project_change(project=standing, actor=actor, strategy=strategy)
