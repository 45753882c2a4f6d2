"""Which waiting cases the model in use suspects of an urgent finding: they go first in the queue. For workers only."""

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
STANDING = (State.QUEUED, State.CLAIMED, State.DEFERRED)
"""In the queue, or on the way back to it if nobody answers."""


def urgency_ask(*, project: Project) -> None:
    """Have the waiting cases looked at, where a finding is urgent or a case still stands as if one were."""
    standing = Assignment.objects.filter(project=project, state__in=STANDING)
    if project.findings.filter(urgent=True).exists() or standing.exclude(suspected="").exists():
        urgency_request(project=project.pk)


def urgency_mark(*, project: Project, lease: Lease | None = None) -> int:
    """Put every standing case where the model's suspicion, the findings and the project's policy say. Returns how many
    moved.

    A case that is read blind is moved by no suspicion unless the project has chosen so. Scores are read before the
    transaction; if the model in use has changed meanwhile nothing is written and the job comes again.
    """
    pipeline = champion_of(project)
    above = _above(project, pipeline) if pipeline else {}
    with lease.finishing() if lease else transaction.atomic():
        project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if champion_of(project) != pipeline:
            urgency_ask(project=project)
            return 0
        return _place(project, above)


def _above(project: Project, pipeline: Pipeline) -> dict[UUID, set[str]]:
    """Image → slugs of the findings above threshold, for the images of standing cases."""
    standing = Assignment.objects.filter(project=project, state__in=STANDING)
    table = scores_among(pipeline, Image.objects.filter(pk__in=standing.values("image")))
    return {
        image: {slug for slug, said in outputs_of(pipeline.classifier, values).items() if said.get("above")}
        for image, values in zip(table.images, table.values, strict=True)
    }


def _place(project: Project, above: Mapping[UUID, set[str]]) -> int:
    """Write what differs, one update for all cases that are to be alike."""
    urgent = dict(project.findings.filter(urgent=True).values_list("slug", "name"))
    moved: dict[tuple[str, int], list[UUID]] = defaultdict(list)
    for case in Assignment.objects.filter(project=project, state__in=STANDING):
        told = not case.blind or project.urgent_orders_blind
        names = [name for slug, name in urgent.items() if slug in above.get(case.image_id, ())] if told else []
        suspected = ", ".join(names)[:200]
        place = Priority.SENT if case.sent_as else Priority.SUSPECTED if names else Priority.ORDINARY
        if (case.suspected, case.priority) != (suspected, place):
            moved[suspected, place].append(case.pk)
    for (suspected, priority), cases in moved.items():
        Assignment.objects.filter(pk__in=cases).update(suspected=suspected, priority=priority)
    return sum(map(len, moved.values()))
