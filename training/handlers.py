"""What training's jobs do."""

from __future__ import annotations

from inference.models import Pipeline
from overread.jobs.running import Lease
from overread.projects.models import Project
from training.models import Run
from training.services.judging import challenger_judge
from training.services.runs import runs_due


def run(job: Lease, *, run: str) -> None:
    from training.services.running import run_execute  # torch: seconds that the other jobs need not spend

    run_execute(run=Run.objects.select_related("project", "snapshot").get(pk=run), lease=job)


def judge(job: Lease, *, pipeline: str) -> None:
    challenger_judge(challenger=Pipeline.objects.select_related("project").get(pk=pipeline), lease=job)


def due(job: Lease, *, of: str) -> None:
    with job.finishing():
        runs_due(Project.objects.get(pk=of))
