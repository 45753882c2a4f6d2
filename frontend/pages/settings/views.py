"""The page itself: the form with what is stored; a POST stores what was changed."""

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
from frontend.pages.settings.words import strategies_listed
from frontend.people import person
from overread.projects.models import Project
from overread.projects.queries import project_for
from overread.projects.services import project_lock


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Never cached: a page that the browser had kept would send its old values again."""
    project = project_for(person(request), slug, "projects.administer")
    if request.method == "POST":
        form = store(request, project)
        if form.is_valid():
            messages.success(request, _("Settings stored. The queue and the next batch follow."))
            return redirect("project-settings", slug)
    else:
        form = SettingsForm(instance=project)
    return render(request, "settings.html", {"project": project, "form": form, "strategies": strategies_listed()})


@transaction.atomic
def store(request: HttpRequest, project: Project) -> SettingsForm:
    """The form as it was sent, stored if it is valid."""
    # The lock keeps others from storing between the form's comparison with what is stored and its own writing.
    form = SettingsForm(request.POST, instance=project_lock(project))
    if form.is_valid():
        form.store(person(request))
    return form
