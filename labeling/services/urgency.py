"""Moving cases to the front of the queue if the model in use suspects an urgent finding. For workers only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from inference.models import Pipeline
from inference.queries import champion_of, scores_among
from inference.services.predictions import outputs_of
from labeling.jobs import urgency_request
from labeling.models import Assignment, Priority
from overread.archive.models import Image
from overread.jobs.running import Lease
from overread.projects.models import Project

State = Assignment.State
# In the queue, or on the way back to it if nobody answers.
STANDING = (State.QUEUED, State.CLAIMED, State.DEFERRED)


def urgency_ask(*, project: Project) -> None:
    """Request a check of the waiting cases if a finding is urgent, or a case still has the place of an urgent one."""
    standing = Assignment.objects.filter(project=project, state__in=STANDING)
    if project.findings.filter(urgent=True).exists() or standing.exclude(suspected="").exists():
        urgency_request(project=project.pk)


def urgency_mark(*, project: Project, lease: Lease | None = None) -> int:
    """Give every standing case the priority that follows from the model's suspicion and the project's policy. Returns how
    many moved.

    A suspicion does not move a case that is read blind, unless the project has chosen so. Scores are read before the
    transaction. If the model in use has changed meanwhile, nothing is written and the job is requested again.
    """
    pipeline = champion_of(project)
    above = _above(project, pipeline) if pipeline else {}
    with lease.finishing() if lease else transaction.atomic():
        # A fill holds the same lock, so that no case is queued between looking and writing.
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if champion_of(project) != pipeline:
            urgency_ask(project=project)
            return 0
        return _place(project, above)


def _above(project: Project, pipeline: Pipeline) -> dict[UUID, set[str]]:
    """Image → slugs of the findings above threshold, for the images of standing cases."""
    standing = Assignment.objects.filter(project=project, state__in=STANDING)
    table = scores_among(pipeline, Image.objects.filter(pk__in=standing.values("image")))
    above = {}
    for image, values in zip(table.images, table.values, strict=True):
        outputs = outputs_of(pipeline.classifier, values)
        above[image] = {slug for slug, output in outputs.items() if output.get("above")}
    return above


def _place(project: Project, above: Mapping[UUID, set[str]]) -> int:
    """Write what has changed, with one update for all cases that get the same values."""
    urgent = dict(project.findings.filter(urgent=True).values_list("slug", "name"))
    moved: dict[tuple[str, int], list[UUID]] = defaultdict(list)
    for case in Assignment.objects.filter(project=project, state__in=STANDING):
        names: list[str] = []
        # A place in the queue gives the suspicion away, so a blind case is moved only if the project accepts that.
        if project.urgent_orders_blind or not case.blind:
            names = [name for slug, name in urgent.items() if slug in above.get(case.image_id, ())]
        suspected = ", ".join(names)[:200]
        priority: int = Priority.ORDINARY
        if case.sent_as:
            priority = Priority.SENT
        elif names:
            priority = Priority.SUSPECTED
        if (case.suspected, case.priority) != (suspected, priority):
            moved[suspected, priority].append(case.pk)
    for (suspected, priority), cases in moved.items():
        Assignment.objects.filter(pk__in=cases).update(suspected=suspected, priority=priority)
    return sum(map(len, moved.values()))
