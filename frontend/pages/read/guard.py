"""Who may do what with a case on the reading page. Refusals are problem+json: a script reads them."""

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
Guarded = Callable[..., HttpResponse]  # Django calls it with the parts of the address, by name


def of_case(view: View[Rest]) -> Guarded:
    """For a reader of the project: gives the view the project and an assignment that was theirs at some time."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, pk: UUID, *args: Rest.args, **rest: Rest.kwargs) -> HttpResponse:
        # Not login_required: a script would follow its redirect and take the sign-in page for an answer.
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
    """For a command on one case, by POST. Answers 409 when the case is no longer its reader's."""

    @wraps(view)
    def commanded(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
        try:
            return view(request, project, assignment)
        except AssignmentGone as gone:
            return problem(409, _("Not your case."), str(gone))

    return require_POST(of_case(commanded))


def of_reader(view: Callable[Concatenate[HttpRequest, Project, Rest], HttpResponse]) -> Guarded:
    """For a reader's command on several cases or on a stored read, by POST."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, *args: Rest.args, **rest: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return problem(401, _("You are signed out."), _("Sign in again."))
        return view(request, project_for(person(request), slug, "labeling.read"), *args, **rest)

    return require_POST(guarded)
