"""The page itself. Every button sends the whole form, so that it works without scripts and loses nothing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.new_project.draft import Draft, modalities
from frontend.people import person
from overread.projects.templates import TEMPLATES


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST changes its lines or makes the project."""
    founder = person(request)
    if not founder.has_perm("projects.create"):
        raise PermissionDenied(_("Only an operator, or whoever administers a project, can make a new one."))
    draft = Draft(request.POST if request.method == "POST" else None)
    act = request.POST.get("act", "make")
    if request.method == "POST" and act != "make":
        draft = draft.again(act)
    elif request.method == "POST":
        project = draft.store(founder)
        if project:
            messages.success(request, _("%(project)s is there, and you administer it.") % {"project": project})
            return redirect("project", project.slug)
    context = {"draft": draft, "templates": TEMPLATES, "modalities": modalities()}
    return render(request, "new_project.html", context)
