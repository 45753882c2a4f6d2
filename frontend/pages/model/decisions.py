"""The decisions of a person: run the gate, promote, roll back. A service says whether each is allowed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.pages.model.forms import PromoteForm, RollBackForm
from frontend.pages.model.views import pipeline_found, render_page
from frontend.people import person
from inference.queries import former_champions
from inference.services import ChampionMoved
from overread.projects.queries import project_for
from training.services import GateBusy, GateClosed, InUse, model_judge, model_promote, model_roll_back


@login_required
@require_POST
def promote(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put this model in use, on the verdict that the person saw."""
    user = person(request)
    project = project_for(user, slug, "training.promote")
    pipeline = pipeline_found(project, number)
    form = PromoteForm(request.POST)
    if not form.is_valid():
        return render_page(request, project, pipeline, promote=form)
    verdict = pipeline.verdicts.filter(pk=form.cleaned_data["verdict"]).first()
    if verdict is None:
        raise Http404("No such verdict.")
    try:
        model_promote(verdict=verdict, signed_by=user, reason=form.cleaned_data["reason"])
    except (GateClosed, ChampionMoved) as refusal:
        messages.error(request, str(refusal))
        return render_page(request, project, pipeline, promote=form)
    told = _("%(model)s is in use. Every image is scored anew.") % {"model": capfirst(pipeline.name)}
    messages.success(request, told)
    return redirect("model", slug, number)


@login_required
@require_POST
def roll_back(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Put a former champion back in use."""
    user = person(request)
    project = project_for(user, slug, "training.promote")
    pipeline = pipeline_found(project, number)
    form = RollBackForm(request.POST, former=former_champions(project))
    if not form.is_valid():
        return render_page(request, project, pipeline, roll_back=form)
    to = form.cleaned_data["to"]
    try:
        model_roll_back(project=project, pipeline=to, signed_by=user, reason=form.cleaned_data["reason"])
    except (GateClosed, ChampionMoved) as refusal:
        messages.error(request, str(refusal))
        return render_page(request, project, pipeline, roll_back=form)
    messages.success(request, _("Rolled back: %(model)s is in use.") % {"model": to.name})
    return redirect("model", slug, to.number)


@login_required
@require_POST
def judge(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Have the gate judge this model again."""
    user = person(request)
    project = project_for(user, slug, "training.run")
    pipeline = pipeline_found(project, number)
    try:
        model_judge(pipeline=pipeline, requested_by=user)
        messages.success(request, _("The gate is being run."))
    except InUse as refusal:
        messages.error(request, str(refusal))
    except GateBusy as refusal:
        messages.warning(request, str(refusal))
    return redirect("model", slug, number)
