"""One model's page: the gate's verdict, the model card, and the forms for a decision."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.pages.model.card import card
from frontend.pages.model.forms import PromoteForm, RollBackForm
from frontend.pages.model.gate import gate_view
from frontend.people import person
from inference.models import Champion, Pipeline
from inference.queries import champion_record, former_champions
from overread.jobs.models import Job, State
from overread.projects.models import Project
from overread.projects.queries import project_for
from training.jobs import judge_jobs
from training.models import Verdict
from training.queries.runs import model_numbered, reference_looks, verdicts_in


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A model with its newest verdict."""
    project = project_for(person(request), slug, "inference.view")
    return render_page(request, project, pipeline_found(project, number))


@login_required
@never_cache
@require_GET
def verdict(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """A model with one of its verdicts, the newest or an older one."""
    project = project_for(person(request), slug, "inference.view")
    found = verdicts_in(project).filter(pk=pk).select_related("challenger").first()
    if found is None:
        raise Http404("No such verdict.")
    return render_page(request, project, found.challenger, verdict=found)


@login_required
@never_cache
@require_GET
def gate_live(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The progress of the gate; once it has judged, the browser reloads the page."""
    project = project_for(person(request), slug, "inference.view")
    pipeline = pipeline_found(project, number)
    job = judge_job(pipeline)
    response = render(request, "model/judging.html", {"project": project, "pipeline": pipeline, "job": job})
    if job is None or job.state not in (State.QUEUED, State.RUNNING):
        # The verdict changes the whole page, not only this part of it.
        response["HX-Refresh"] = "true"
    return response


def pipeline_found(project: Project, number: int) -> Pipeline:
    found = model_numbered(project, number)
    if found is None:
        raise Http404("No such model.")
    return found


def render_page(
    request: HttpRequest,
    project: Project,
    pipeline: Pipeline,
    *,
    verdict: Verdict | None = None,
    promote: PromoteForm | None = None,
    roll_back: RollBackForm | None = None,
) -> HttpResponse:
    """The page with the newest verdict or the one given, and with a form that was refused."""
    names = dict(project.findings.values_list("slug", "name"))
    verdicts = list(pipeline.verdicts.select_related("champion").order_by("-created_at"))
    newest = verdicts[0] if verdicts else None
    chosen = verdict or newest
    champion = champion_record(project)
    job = judge_job(pipeline)
    former = former_champions(project)
    context = {
        "project": project,
        "pipeline": pipeline,
        "champion": champion,
        "in_use": champion is not None and champion.pipeline_id == pipeline.pk,
        "verdicts": verdicts,
        "newest": newest,
        "all_looks": verdicts_in(project).count(),
        "job": job,
        "job_failed": job_failed(job, newest),
        "closed": gate_closed(pipeline, newest, champion, job),
        "may_promote": person(request).has_perm("training.promote", project),
        "may_judge": person(request).has_perm("training.run", project),
        "may_train": person(request).has_perm("training.view", project),
        # The form names the verdict it was shown with: a newer one must not be signed unseen.
        "promote_form": promote or PromoteForm(initial={"verdict": newest and newest.pk}),
        "roll_back_form": roll_back or RollBackForm(former=former, initial={"to": pipeline}),
        "former": former.exists(),
        **card(pipeline, names),
    }
    if chosen:
        context["gate"] = gate_view(chosen, names)
        context["compared"] = chosen.champion
        context["looks"] = reference_looks(chosen)
    return render(request, "model.html", context)


def judge_job(pipeline: Pipeline) -> Job | None:
    """The newest job that judges this model."""
    return judge_jobs(pipeline).order_by("-created_at").first()


def job_failed(job: Job | None, newest: Verdict | None) -> bool:
    """Whether the last attempt to judge this model failed."""
    if job is None or job.state != State.DEAD:
        return False
    return newest is None or job.created_at > newest.created_at


def gate_closed(pipeline: Pipeline, newest: Verdict | None, champion: Champion | None, job: Job | None) -> str:
    """Why this model can't be promoted now, in a sentence; "" when it can."""
    # Only for the button: the service that promotes checks all of this again.
    in_use = champion.pipeline_id if champion else None
    if in_use == pipeline.pk:
        return _("This model is in use already.")
    if job and job.state in (State.QUEUED, State.RUNNING):
        return _("The gate is being run.")
    if newest is None:
        return _("The gate has not judged this model yet.")
    if not newest.passed:
        return _("The gate was not passed.")
    if in_use != newest.champion_id:
        return _("The model in use is not the one this challenger was compared with. Run the gate again.")
    return ""
