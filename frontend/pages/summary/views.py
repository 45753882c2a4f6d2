"""The summary of one image as a PDF."""

from __future__ import annotations

from uuid import UUID

from csp.decorators import csp_exempt
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from frontend.pages.image.lookup import image_for
from frontend.pages.summary.facts import summary_of
from frontend.people import person
from overread.archive.models import Image
from overread.audit.views import view_note
from overread.projects.queries import project_for


@login_required
@csp_exempt()  # type: ignore[untyped-decorator]  # no page: what a browser shows it with brings styles of its own
@require_GET
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The PDF. It holds no prediction that this user has not seen already, so it records no new exposure."""
    project = project_for(person(request), slug, "archive.view")
    image = image_for(project, pk)
    if image.status != Image.Status.READY:
        raise Http404("No such image.")
    from frontend.pages.summary.sheet import pdf  # here, so that a web process starts without ReportLab

    summary = summary_of(project=project, image=image, user=person(request), model=request.GET.get("model"))
    view_note(user=person(request), image=pk, what="summary", project=project.pk)
    response = HttpResponse(pdf(summary), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="overread-{image.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
