"""Where one lands after signing in: the only project, or a list of them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import projects_of


@login_required
def page(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    projects = list(projects_of(request.user))
    if len(projects) == 1:
        return redirect(landing(request.user, projects[0]), projects[0].slug)
    return render(request, "home.html", {"projects": projects})


def landing(user: User, project: Project) -> str:
    """The route of the page a member works on first."""
    if user.has_perm("labeling.read", project):
        return "worklist"
    return "project-training" if user.has_perm("training.view", project) else "project"
