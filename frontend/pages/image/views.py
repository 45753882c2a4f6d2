"""The page of one image; while something of it is on its way it fetches the part that changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.file_words import file_facts
from frontend.image_words import patient_context
from frontend.pages.image.comparing import rows
from frontend.pages.image.finding import image_for
from frontend.pages.image.opinions import opinions
from frontend.pages.image.result import Result, result_of
from frontend.people import person
from labeling.models import Region
from overread.audit.views import view_note
from overread.projects.models import Project
from overread.projects.queries import project_for


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The whole page, or only the part that changes while the image is on its way."""
    project = project_for(person(request), slug, "archive.view")
    image = image_for(project, pk)
    result = result_of(project=project, image=image, user=person(request), model=request.GET.get("model"))
    polls = bool(request.headers.get("HX-Request"))
    if not polls:
        view_note(user=person(request), image=pk, what="page", project=project.pk)
    template = "image/state.html" if polls else "image.html"
    return render(request, template, context(request, project, result))


def context(request: HttpRequest, project: Project, result: Result) -> dict[str, Any]:
    regions = result.read.regions.all() if result.read else ()
    return {
        "project": project,
        "image": result.image,
        "patient": patient_context(result.image, project),
        "facts": file_facts(result.image, project),
        "result": result,
        "model": result.chosen.pipeline if result.chosen else None,
        "rows": rows(project=project, read=result.read, prediction=result.prediction),
        "opinions": opinions(project=project, result=result, reader=person(request)),
        "measurements": result.read.measurements.all() if result.read else (),
        "regions": [outline(region, result.image.pixel_aspect) for region in regions],
        "height": round(result.image.rows * result.image.pixel_aspect),
        "label_size": max(result.image.rows, result.image.columns) // 36 or 1,
        "may_read": result.ready and not result.mismatch and person(request).has_perm("labeling.read", project),
        "may_admit": person(request).has_perm("archive.upload", project),
    }


def outline(region: Region, aspect: float) -> dict[str, Any]:
    """A region as an SVG polygon in widths of a pixel, and where its label stands."""
    points = [(x, y * aspect) for x, y in region.points]
    if region.kind == "box":
        (left, top), (right, bottom) = points
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    x, y = min(points, key=lambda point: point[1])
    return {"name": region.finding.name, "points": " ".join(f"{x:g},{y:g}" for x, y in points), "x": x, "y": y}
