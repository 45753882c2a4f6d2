"""Training's jobs: how they are called, asked for and found. What they do is in `handlers`."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db.models import QuerySet

from inference.models import Pipeline
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.jobs.services import job_enqueue, job_enqueue_once
from training.models import DatasetDraft, Export, Run

RUN = "training.run"
JUDGE = "training.judge"
DUE = "training.due"
SURVEY = "training.survey"
IMPORT = "training.import"
EXPORT = "training.export"
STAGE = "training.stage"


def run_key(run: Run) -> str:
    """The key of the one job that does a run. One key, one job: a repeated request enqueues nothing."""
    return f"{RUN}:{run.pk}"


def run_enqueue(*, run: Run) -> Job:
    """Enqueue the job that does a run."""
    return job_enqueue(kind=RUN, key=run_key(run), project=run.project_id, requested_by=run.requested_by, run=run.pk)


def judge_key(pipeline: Pipeline) -> str:
    """The key of the first job that puts a model before the gate."""
    return f"judge:{pipeline.pk}"


def judge_request(*, pipeline: Pipeline, requested_by: User | None = None) -> Job:
    """Enqueue the job that puts a model before the gate: once by itself, and again whenever somebody asks."""
    key = judge_key(pipeline)
    if requested_by:
        # A new key each time, since the job of the plain key has been done.
        key = f"{key}:{uuid4()}"
    return job_enqueue(
        kind=JUDGE, key=key, project=pipeline.project_id, requested_by=requested_by, pipeline=pipeline.pk
    )


def judge_jobs(pipeline: Pipeline) -> QuerySet[Job]:
    """Every job that puts this model before the gate, or did."""
    return Job.objects.filter(kind=JUDGE, arguments__pipeline=str(pipeline.pk))


def stage_request(*, project: UUID, stage: str, requested_by: User | None = None) -> Job:
    """Enqueue the job that fits a stage to the project's images, or takes over the one that comes with the product."""
    key = f"{STAGE}:{project}:{stage}:{uuid4()}"
    return job_enqueue(kind=STAGE, key=key, project=project, requested_by=requested_by, of=project, stage=stage)


def stage_jobs(project: UUID) -> QuerySet[Job]:
    """Every job that makes a stage for a project, or did, newest first."""
    return Job.objects.filter(kind=STAGE, project_id=project).order_by("-created_at")


def due_request(*, project: UUID) -> Job:
    """Enqueue the check whether a run is due."""
    return job_enqueue_once(kind=DUE, project=project, of=project)


def survey_request(*, draft: DatasetDraft) -> Job:
    """Enqueue the job that looks a data set through."""
    return _draft_enqueue(SURVEY, draft)


def import_request(*, draft: DatasetDraft) -> Job:
    """Enqueue the job that imports a data set."""
    return _draft_enqueue(IMPORT, draft)


def draft_jobs(draft: DatasetDraft) -> QuerySet[Job]:
    """Every job that works on this data set, or did, newest first."""
    return Job.objects.filter(kind__in=(SURVEY, IMPORT), arguments__draft=str(draft.pk)).order_by("-created_at")


def _draft_enqueue(kind: str, draft: DatasetDraft) -> Job:
    # By its round: each look and each import is another job, and a request made twice is one.
    key = f"{kind}:{draft.pk}:{draft.round}"
    return job_enqueue(kind=kind, key=key, project=draft.project_id, requested_by=draft.created_by, draft=draft.pk)


def export_enqueue(*, export: Export) -> Job:
    """Enqueue the job that writes an export."""
    key = f"{EXPORT}:{export.pk}"
    return job_enqueue(kind=EXPORT, key=key, project=export.project_id, requested_by=export.asked_by, export=export.pk)
