"""The page: the form as it is stored, and what has been typed stored."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.settings.form import SettingsForm
from frontend.pages.settings.words import strategies_told
from frontend.people import person
from overread.projects.models import Project
from overread.projects.queries import project_for
from overread.projects.services import project_lock


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Never cached: a page that the browser had kept would bring back its old values."""
    project = project_for(person(request), slug, "projects.administer")
    form = sent(request, project) if request.method == "POST" else SettingsForm(instance=project)
    if form.is_bound and form.is_valid():
        messages.success(request, _("Settings stored. The queue and the next batch follow."))
        return redirect("project-settings", slug)
    return render(request, "settings.html", {"project": project, "form": form, "strategies": strategies_told()})


@transaction.atomic
def sent(request: HttpRequest, project: Project) -> SettingsForm:
    """The form as it was sent, stored where it is valid; nobody stores the same project meanwhile."""
    form = SettingsForm(request.POST, instance=project_lock(project))
    if form.is_valid():
        form.store(person(request))
    return form
