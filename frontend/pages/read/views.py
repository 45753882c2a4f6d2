"""The reading page itself, the way into it, and the attention maps."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from frontend.pages.read.body import prediction_named
from frontend.pages.read.guard import of_case
from frontend.pages.read.opened import is_blind
from frontend.pages.read.position import position_of
from frontend.pages.read.prefetch import AHEAD, CasePrefetch, hand_out
from frontend.pages.read.referrals import roles_offered, roles_to_escalate
from frontend.pages.read.standalone import case_url, is_standalone
from frontend.people import person
from inference.queries import attention_map, champion_of, prediction_in_view
from labeling import services
from labeling.models import Assignment
from labeling.queries.assignments import assignment_in
from overread.audit.views import view_note
from overread.projects.models import Project
from overread.projects.queries import project_for

SKIP_REASONS = (  # stored as they stand here, shown in the reader's language
    gettext_noop("Image quality too poor"),
    gettext_noop("Wrong body part or view"),
    gettext_noop("Not my field"),
    gettext_noop("I know this patient"),
)


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the case that the worklist's button names, or else the next one, and open it."""
    project = project_for(person(request), slug, "labeling.read")
    try:
        if "case" in request.POST:
            assignment: Assignment | None = _take_named(request, project)
        else:
            assignment = services.assignment_claim(project=project, reader=person(request))
    except services.AssignmentGone as gone:
        messages.warning(request, str(gone))
        return redirect("worklist", slug)
    if assignment is None:
        return redirect("worklist", slug)
    return redirect("read", slug, assignment.pk)


def _take_named(request: HttpRequest, project: Project) -> Assignment:
    """The case that the worklist's button names, given to this reader. Raises AssignmentGone."""
    try:
        pk = UUID(request.POST["case"])
    except ValueError as error:
        raise Http404("No such case.") from error
    named = assignment_in(project=project, pk=pk)
    if named is None:
        raise Http404("No such case.")
    return services.assignment_take(assignment=named, reader=person(request))


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    return _page(request, slug, pk)


@of_case
def _page(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    reader = person(request)
    standalone = is_standalone(request)
    if assignment.state not in Assignment.HELD or assignment.reader_id != reader.pk:
        return redirect("worklist", project.slug)
    services.assignment_extend(assignment=assignment, reader=reader)
    first, *after = hand_out(reader=reader, project=project, shown=assignment, ahead=0 if standalone else AHEAD)
    position = position_of(first, reader)
    pipeline = champion_of(project)
    # The case in front comes first: only then is it known whether the ones after it may show a suggestion yet.
    context = CasePrefetch(reader, pipeline, standalone=standalone).context(first, position)
    upcoming = CasePrefetch(reader, pipeline).upcoming(after, position.after(1), blind=is_blind(first))
    return render(
        request,
        "read.html",
        {
            **context,
            "upcoming": upcoming,
            "sign_in_url": sign_in_url(first, standalone=standalone),
            "skip_reasons": SKIP_REASONS,
            "roles": roles_offered(project, reader),
            "roles_above": roles_to_escalate(project, reader),
            "untils": services.Until.choices,
            "snippets": project.snippets,
        },
    )


def sign_in_url(assignment: Assignment, *, standalone: bool) -> str:
    """The sign-in page, which then leads back to the case."""
    return f"{reverse('sign-in')}?{urlencode({'next': case_url(assignment, standalone=standalone)}, safe='/')}"


@never_cache
@require_GET
@of_case
def attention(request: HttpRequest, project: Project, assignment: Assignment, finding: str) -> HttpResponse:
    """The attention map of one finding, 8 bits a cell. Only of a prediction this reader was shown; none in a blind read."""
    if is_blind(assignment):  # even of a model seen before: in a blind read nothing may remind of it
        raise Http404("No attention map.")
    named = prediction_named(request.GET.get("prediction"))
    shown = prediction_in_view(user=person(request), image=assignment.image, project=project, named=named)
    output = shown.outputs.get(finding) if shown else None
    if shown is None or output is None:
        raise Http404("No attention map.")
    view_note(user=person(request), image=assignment.image_id, what="map", project=project.pk)
    cells = attention_map(shown, output["column"])
    response = HttpResponse(cells.tobytes(), content_type="application/octet-stream")
    rows, columns = cells.shape
    response["X-Map-Rows"] = str(rows)
    response["X-Map-Columns"] = str(columns)
    response["X-Map-Box"] = " ".join(f"{edge:g}" for edge in shown.map_box)
    return response
