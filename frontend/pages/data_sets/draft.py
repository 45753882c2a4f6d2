"""One import that is being prepared: what it would do, what is to be decided, and the button that carries it out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from frontend.pages.data_sets.decisions import DecisionsForm, column_lines, decisions_of
from frontend.pages.data_sets.survey import survey_shown
from frontend.pages.data_sets.words import layout_name
from frontend.people import person
from overread.projects.models import Project
from overread.projects.queries import project_for
from training.models import DatasetDraft
from training.queries.data_sets import draft_named
from training.services.drafts import draft_change, draft_import, draft_remove

WORKING = (DatasetDraft.State.LOOKING, DatasetDraft.State.IMPORTING)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """A POST looks again with what was decided, imports, or gives it up."""
    project, draft = _draft(request, slug, pk)
    if draft.state == DatasetDraft.State.DONE and draft.dataset_id and request.method == "GET":
        return redirect("data-set", slug, draft.dataset_id)
    if request.method == "POST":
        return _act(request, project, draft)
    return render(request, "data_sets/draft.html", _context(project, draft))


@login_required
@never_cache
@require_GET
def live(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The state while it is worked on. Once that is over, the page loads anew."""
    project, draft = _draft(request, slug, pk)
    response = render(request, "data_sets/working.html", _working(project, draft))
    if draft.state not in WORKING:
        response["HX-Refresh"] = "true"
    return response


def _act(request: HttpRequest, project: Project, draft: DatasetDraft) -> HttpResponse:
    actor = person(request)
    act = request.POST.get("act", "look")
    try:
        if act == "remove":
            draft_remove(draft=draft, actor=actor)
            messages.success(request, _("%(name)s was given up. Nothing of it was stored.") % {"name": draft.name})
            return redirect("data-sets", project.slug)
        decided = decisions_of(request.POST, draft)
        if act == "import" and _same(decided, draft):
            draft_import(draft=draft, actor=actor)
        else:
            draft_change(draft=draft, actor=actor, **decided)
            if act == "import":
                messages.info(
                    request, _("Something was changed since it was looked through. Look at it again, then import.")
                )
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    return redirect("data-set-draft", project.slug, draft.pk)


def _same(decided: dict[str, Any], draft: DatasetDraft) -> bool:
    """Whether nothing was decided that would be read otherwise than it was looked through."""
    return all(getattr(draft, name) == value for name, value in decided.items())


def _draft(request: HttpRequest, slug: str, pk: UUID) -> tuple[Project, DatasetDraft]:
    project = project_for(person(request), slug, "training.import")
    draft = draft_named(project, pk)
    if draft is None:
        raise Http404("No such import.")
    return project, draft


def _context(project: Project, draft: DatasetDraft) -> dict[str, Any]:
    findings = list(project.findings.all())
    return {
        **_working(project, draft),
        "layout": layout_name(draft.layout),
        "shown": survey_shown(draft, findings),
        "columns": column_lines(draft),
        "form": DecisionsForm(initial=DecisionsForm.initial_of(draft)),
        "findings": findings,
        "names": _name_lines(draft),
    }


def _name_lines(draft: DatasetDraft) -> list[tuple[str, int, str, str]]:
    """Names that mean no finding yet, or by the mapping: (name, images refused for it, nearest finding, decided)."""
    told = draft.survey or {}
    lines = {}
    for asked in told.get("questions", []):
        if not asked["finding"] and not asked["left_out"]:
            lines[asked["question"]["name"]] = asked["nearest"]
    lines |= told.get("nearest", {})
    counts = told.get("unknown_names", {})
    found = [(name, counts.get(name, 0), near, draft.mapping.get(name, "?")) for name, near in lines.items()]
    decided = [(name, 0, "", target) for name, target in draft.mapping.items() if name not in lines and name != "*"]
    return found + decided


def _working(project: Project, draft: DatasetDraft) -> dict[str, Any]:
    from training.jobs import draft_jobs

    job = draft_jobs(draft).first() if draft.state in WORKING else None
    return {"project": project, "draft": draft, "working": draft.state in WORKING, "job": job}
