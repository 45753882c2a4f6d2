"""The first page after signing in: the person's only project, or the list of their projects."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from frontend.people import person
from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import projects_of


@login_required
def page(request: HttpRequest) -> HttpResponse:
    user = person(request)
    projects = list(projects_of(user))
    if len(projects) == 1 and "all" not in request.GET:
        return redirect(landing(user, projects[0]), projects[0].slug)
    return render(request, "home.html", {"projects": projects, "may_create": user.has_perm("projects.create")})


def landing(user: User, project: Project) -> str:
    """The name of the page that a member works on most."""
    if user.has_perm("labeling.read", project):
        return "worklist"
    if user.has_perm("training.view", project):
        return "project-training"
    return "project"
