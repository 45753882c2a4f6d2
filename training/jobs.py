"""Training's jobs: how they are called, asked for and found. What they do is in `handlers`."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db.models import QuerySet

from inference.models import Pipeline
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.jobs.services import job_enqueue, job_enqueue_once
from training.models import Run

RUN = "training.run"
JUDGE = "training.judge"
DUE = "training.due"


def run_key(run: Run) -> str:
    """The key of the one job that does a run."""
    return f"{RUN}:{run.pk}"


def run_enqueue(*, run: Run) -> Job:
    """Have a run done."""
    key, project = run_key(run), run.project_id
    return job_enqueue(kind=RUN, key=key, project=project, requested_by=run.requested_by, run=run.pk)


def judge_key(pipeline: Pipeline) -> str:
    """The key of the first job that puts a model before the gate."""
    return f"judge:{pipeline.pk}"


def judge_request(*, pipeline: Pipeline, requested_by: User | None = None) -> Job:
    """Put a model before the gate: once by itself, and again whenever somebody asks."""
    key, project = judge_key(pipeline), pipeline.project_id
    if requested_by:
        key = f"{key}:{uuid4()}"
    return job_enqueue(kind=JUDGE, key=key, project=project, requested_by=requested_by, pipeline=pipeline.pk)


def judge_jobs(pipeline: Pipeline) -> QuerySet[Job]:
    """Every job that puts this model before the gate, or did."""
    return Job.objects.filter(kind=JUDGE, arguments__pipeline=str(pipeline.pk))


def due_request(*, project: UUID) -> Job:
    """Have it looked at whether a run is due."""
    return job_enqueue_once(kind=DUE, project=project, of=project)
