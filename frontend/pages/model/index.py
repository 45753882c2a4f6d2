"""Every model of a project, and the record of which one was in use when."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from frontend.people import person
from inference.models import Pipeline
from inference.queries import champion_record, promotions_newest
from overread.projects.queries import project_for
from training.models import Run, Verdict
from training.queries.runs import models_newest

MODELS = 20  # a page
PROMOTIONS = 50  # the newest; the audit log has them all


@dataclass(frozen=True)
class ModelRow:
    """One model in the list. `run`: None for an imported model. `verdict`: its newest."""

    pipeline: Pipeline
    architecture: str
    run: Run | None
    verdict: Verdict | None


@login_required
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "inference.view")
    shown = Paginator(models_newest(project), MODELS).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": shown,
        "rows": [row(pipeline) for pipeline in shown],
        "champion": champion_record(project),
        "promotions": promotions_newest(project)[:PROMOTIONS],
        "may_train": person(request).has_perm("training.view", project),
    }
    return render(request, "models.html", context)


def row(pipeline: Pipeline) -> ModelRow:
    # Both are prefetched, in order: another query a row would make the page slow.
    stages = list(pipeline.pipelinestage_set.all())
    verdicts = list(pipeline.verdicts.all())
    return ModelRow(
        pipeline=pipeline,
        architecture=stages[-1].version.architecture,
        run=getattr(pipeline, "run", None),
        verdict=verdicts[-1] if verdicts else None,
    )
