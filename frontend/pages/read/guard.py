"""Who may do what with a case on the reading page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.people import person
from frontend.problems import problem
from labeling.models import Assignment
from labeling.queries.assignments import assignment_given
from labeling.services import AssignmentGone
from overread.projects.models import Project
from overread.projects.queries import project_for

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Project, Assignment, Rest], HttpResponse]
Guarded = Callable[..., HttpResponse]  # called by name, with what stands in the address


def of_case(view: View[Rest]) -> Guarded:
    """For a signed-in member who reads: the project, and an assignment that was given to them at some time."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, pk: UUID, *args: Rest.args, **rest: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return problem(401, _("You are signed out."), _("Sign in again. Your answers are kept on this computer."))
        try:
            project = project_for(person(request), slug, "labeling.read")
        except PermissionDenied as refusal:
            return problem(403, _("Not allowed."), str(refusal))
        found = assignment_given(project=project, reader=person(request), pk=pk)
        if found is None:
            raise Http404("No such case.")
        return view(request, project, found, *args, **rest)

    return guarded


def command(view: View[[]]) -> Guarded:
    """What a button does with a case, by POST; 409 where the case is its reader's no more."""

    @wraps(view)
    def commanded(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
        try:
            return view(request, project, assignment)
        except AssignmentGone as gone:
            return problem(409, _("Not your case."), str(gone))

    return require_POST(of_case(commanded))


def of_reader(view: Callable[Concatenate[HttpRequest, Project, Rest], HttpResponse]) -> Guarded:
    """What a button does with several cases or with a stored read, by POST, of a signed-in member who reads."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Rest.args, **rest: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return problem(401, _("You are signed out."), _("Sign in again."))
        return view(request, project_for(person(request), slug, "labeling.read"), *args, **rest)

    return require_POST(guarded)
