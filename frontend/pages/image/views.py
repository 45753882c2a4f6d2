"""The page of one image. While the pixels or the suggestion are on their way it fetches the part that changes."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.file_words import file_facts
from frontend.image_words import patient_context
from frontend.pages.image.comparison import comparisons
from frontend.pages.image.lookup import image_for
from frontend.pages.image.lungs import lung_shapes
from frontend.pages.image.opinions import opinions
from frontend.pages.image.regions import region_corners
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
    """The whole page, or only the part that changes."""
    project = project_for(person(request), slug, "archive.view")
    image = image_for(project, pk)
    result = result_of(project=project, image=image, user=person(request), model=request.GET.get("model"))
    if request.headers.get("HX-Request"):
        return render(request, "image/state.html", context(request, project, result))
    # The parts fetched later belong to the same view of the page, and need no note of their own.
    view_note(user=person(request), image=pk, what="page", project=project.pk)
    return render(request, "image.html", context(request, project, result))


def context(request: HttpRequest, project: Project, result: Result) -> dict[str, object]:
    image = result.image
    user = person(request)
    values: dict[str, object] = {
        "project": project,
        "image": image,
        "patient": patient_context(image, project),
        "facts": file_facts(image, project),
        "result": result,
        "model": result.chosen.pipeline if result.chosen else None,
        "rows": comparisons(project=project, read=result.read, prediction=result.prediction),
        "opinions": opinions(project=project, result=result, reader=user),
        "height": round(image.rows * image.pixel_aspect),
        "label_size": max(image.rows, image.columns) // 36 or 1,  # the SVG is scaled to the page, and text with it
        "may_read": result.ready and not result.mismatch and user.has_perm("labeling.read", project),
        "may_overrule": user.has_perm("inference.overrule", project),
        "lungs": lung_shapes(result.prediction, image.pixel_aspect),
        "may_admit": user.has_perm("archive.upload", project),
    }
    if result.read:
        values["measurements"] = result.read.measurements.all()
        values["regions"] = [outline(region, image.pixel_aspect) for region in result.read.regions.all()]
    return values


class RegionOutline(NamedTuple):
    """A region as an SVG polygon, and where its label stands. All in widths of a pixel."""

    name: str
    points: str
    x: float
    y: float


def outline(region: Region, aspect: float) -> RegionOutline:
    corners = region_corners(region, aspect)
    x, y = min(corners, key=lambda corner: corner[1])  # the highest corner
    points = " ".join(f"{left:g},{top:g}" for left, top in corners)
    return RegionOutline(region.finding.name, points, x, y)
