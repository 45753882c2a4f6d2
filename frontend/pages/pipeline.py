"""The project's pipeline as a row of stages, which can be switched on and off, replaced and made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from frontend.people import person
from inference.models import ModelVersion, Pipeline, Stage
from inference.queries import champion_of
from inference.queries.stages import NoSuchVersion, stage_figures, stage_versions, versions_named
from inference.services.pipelines import StagesWrong, pipeline_compose
from overread.jobs.models import State
from overread.projects.models import Project
from overread.projects.queries import project_for
from training.jobs import stage_jobs, stage_request
from training.services import GateBusy, InUse, model_judge

ABOUT = {
    Stage.GATE: gettext_lazy(
        "Refuses what is no image of this project, or too poor to judge. Fitted to the project's images."
    ),
    Stage.VIEW: gettext_lazy(
        "Frontal or lateral, turned, mirrored or inverted. Comes with the product, for chest radiographs."
    ),
    Stage.LUNGS: gettext_lazy("Finds the lungs and outlines them. Comes with the product, for chest radiographs."),
    Stage.CLASSIFIER: gettext_lazy("Answers the findings. Made by a training run."),
}
MAKE = {
    Stage.GATE: gettext_lazy("Fit one to the project's images"),
    Stage.VIEW: gettext_lazy("Take the one that comes with Overread"),
    Stage.LUNGS: gettext_lazy("Take the one that comes with Overread"),
}
OFF = "off"


@dataclass(frozen=True)
class StageCard:
    """One place of the row. `chosen`: the version in use. `counts`: images by verdict of that version."""

    stage: Stage
    about: str
    make: str
    versions: list[ModelVersion]
    chosen: ModelVersion | None
    counts: dict[str, int]

    @property
    def optional(self) -> bool:
        return self.stage != Stage.CLASSIFIER


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "training.run")
    champion = champion_of(project)
    jobs = list(stage_jobs(project.pk)[:5])
    context = {
        "project": project,
        "champion": champion,
        "cards": stage_cards(project, champion),
        "jobs": jobs,
        "working": any(job.state in (State.QUEUED, State.RUNNING) for job in jobs),
        "may_administer": person(request).has_perm("projects.administer", project),
    }
    return render(request, "pipeline.html", context)


def stage_cards(project: Project, champion: Pipeline | None) -> list[StageCard]:
    in_use: dict[str, ModelVersion] = {}
    if champion is not None:
        in_use = {version.stage: version for version in champion.versions}
    cards = []
    for stage in Stage:
        chosen = in_use.get(stage)
        cards.append(
            StageCard(
                stage=stage,
                about=str(ABOUT[stage]),
                make=str(MAKE.get(stage, "")),
                versions=list(stage_versions(project, stage)),
                chosen=chosen,
                counts=stage_figures(chosen) if chosen else {},
            )
        )
    return cards


@login_required
@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    """Have a stage made by a job: fitted to the project's images, or taken from the product."""
    user = person(request)
    project = project_for(user, slug, "training.run")
    stage = request.POST.get("stage", "")
    if stage in MAKE:
        stage_request(project=project.pk, stage=stage, requested_by=user)
        messages.success(request, _("The stage is being made. Choose it here once it is there."))
    return redirect("project-pipeline", slug)


@login_required
@require_POST
def compose(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a pipeline of the chosen stages, and put it before the gate."""
    user = person(request)
    project = project_for(user, slug, "training.run")
    try:
        stages = chosen_versions(project, request.POST)
        pipeline = pipeline_compose(project=project, stages=stages, actor=user)
        model_judge(pipeline=pipeline, requested_by=user)
    except (NoSuchVersion, StagesWrong, InUse) as refusal:
        messages.error(request, str(refusal))
        return redirect("project-pipeline", slug)
    except GateBusy as refusal:
        messages.warning(request, str(refusal))
    messages.success(request, _("The gate judges this pipeline now. Once it passes, it can be put in use here."))
    return redirect("model", slug, pipeline.number)


def chosen_versions(project: Project, given: Mapping[str, str]) -> list[ModelVersion]:
    """The versions that the form names. Raises NoSuchVersion."""
    named: dict[str, str] = {}
    for stage in Stage:
        number = given.get(stage, OFF)
        if number != OFF:
            named[stage] = number
    return versions_named(project, named)
