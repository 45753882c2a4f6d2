"""Every model of a project, and the record of which was in use."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inference.models import Champion, Pipeline, PipelineStage, Promotion
from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import project_for
from training.models import Run, Verdict

MODELS, PROMOTIONS = 20, 50


@dataclass(frozen=True)
class Row:
    """One model in the list."""

    pipeline: Pipeline
    architecture: str
    run: Run | None
    verdict: Verdict | None


@login_required
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "inference.view")
    stages = Prefetch("pipelinestage_set", PipelineStage.objects.select_related("version").order_by("order"))
    verdicts = Prefetch("verdicts", Verdict.objects.order_by("created_at").defer("report"))
    models = Pipeline.objects.filter(project=project).order_by("-number").select_related("run")
    shown = Paginator(models.prefetch_related(stages, verdicts), MODELS).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": shown,
        "rows": [row(pipeline) for pipeline in shown],
        "champion": Champion.objects.select_related("pipeline").filter(project=project).first(),
        "promotions": promotions_newest(project),
        "may_train": request.user.has_perm("training.view", project),
    }
    return render(request, "models.html", context)


def row(pipeline: Pipeline) -> Row:
    *_, last = pipeline.pipelinestage_set.all()
    newest = list(pipeline.verdicts.all())[-1:]
    return Row(pipeline, last.version.architecture, getattr(pipeline, "run", None), newest[0] if newest else None)


def promotions_newest(project: Project) -> list[Promotion]:
    of_project = Promotion.objects.filter(project=project).select_related("pipeline", "previous", "signed_by")
    return list(of_project.order_by("-at")[:PROMOTIONS])
