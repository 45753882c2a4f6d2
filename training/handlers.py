"""What training's jobs do.

A handler imports its service itself: training needs torch and the gate scikit-learn, which no web process should load.
"""

from __future__ import annotations

from inference.models import Pipeline
from overread.jobs.registry import each_minute, job
from overread.jobs.running import Lease
from overread.projects.models import Project
from training.jobs import DUE, EXPORT, IMPORT, JUDGE, RUN, STAGE, SURVEY
from training.models import DatasetDraft, Export, Run
from training.services.drafts import draft_fail, drafts_forget
from training.services.exports import export_fail, exports_expire
from training.services.runs import run_fail, runs_due


@job(RUN, queue="training", on_death=run_fail)
def run(job: Lease, *, run: str) -> None:
    from training.services.execution import run_execute

    run_execute(run=Run.objects.select_related("project", "snapshot").get(pk=run), lease=job)


@job(JUDGE, queue="training")
def judge(job: Lease, *, pipeline: str) -> None:
    from training.services.judging import challenger_judge

    challenger_judge(challenger=Pipeline.objects.select_related("project").get(pk=pipeline), lease=job)


@job(STAGE, queue="training", attempts=2)
def stage(job: Lease, *, of: str, stage: str) -> None:
    from training.services.stages import stage_make

    stage_make(project=Project.objects.get(pk=of), stage=stage, lease=job)


@job(DUE, queue="interactive")
def due(job: Lease, *, of: str) -> None:
    with job.finishing():
        runs_due(Project.objects.get(pk=of))


@job(SURVEY, queue="io", attempts=2, on_death=draft_fail)
def survey(job: Lease, *, draft: str) -> None:
    from training.services.draft_work import draft_look

    draft_look(draft=DatasetDraft.objects.select_related("project", "created_by").get(pk=draft), lease=job)


@job(IMPORT, queue="io", on_death=draft_fail)
def import_(job: Lease, *, draft: str) -> None:
    from training.services.draft_work import draft_carry_out

    draft_carry_out(draft=DatasetDraft.objects.select_related("project", "created_by").get(pk=draft), lease=job)


@job(EXPORT, queue="io", on_death=export_fail)
def export(job: Lease, *, export: str) -> None:
    from training.services.export_files import export_make

    export_make(export=Export.objects.select_related("project", "asked_by").get(pk=export), lease=job)


each_minute(runs_due)
each_minute(drafts_forget)
each_minute(exports_expire)
