"""The page itself: the filters and the images; the charts come by a second request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from frontend.image_words import age_words, sex_words, view_words
from frontend.pages.data import summary
from frontend.pages.data.facets import facets
from frontend.people import person
from labeling.queries.image_filters import by_code
from labeling.queries.labels import with_labelled
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project
from overread.projects.queries import project_for

TILES = 40  # a page


@dataclass(frozen=True)
class Tile:
    """One image in the grid. `findings` and `origin` are "" for whoever may not see labels."""

    image: Image
    person: str
    findings: str
    origin: str
    reference: bool


@login_required
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    project = project_for(user, slug, "archive.view")
    if request.headers.get("HX-Request"):
        response = charts(request, user, project)
    else:
        response = browse(request, user, project)
    # One address has two answers: "back" must not show the charts as the page.
    patch_vary_headers(response, ["HX-Request"])
    return response


def browse(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """The filters and the images. The page fetches the charts afterwards, as they take longer."""
    everything = with_labelled(project, images_in(project))
    filters = facets(user, project, everything, request.GET)
    code = request.GET.get("case", "").strip()
    found = by_code(everything, code)
    for facet in filters:
        found = found.filter(facet.condition)
    shown = Paginator(found, TILES).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "facets": filters,
        "code": code,
        "filtered": bool(code) or any(facet.chosen for facet in filters),
        "page": shown,
        "tiles": tiles(user, project, shown),
        "query": query_without_page(request),
        "may_export": user.has_perm("training.export", project),
        "may_upload": user.has_perm("archive.upload", project),
    }
    return render(request, "data.html", context)


def tiles(user: User, project: Project, images: Page[Image]) -> list[Tile]:
    labels: dict[UUID, tuple[str, str]] = {}
    if user.has_perm("labeling.view", project):
        labels = summary.label_words(project, images)
    sees_reference = user.has_perm("training.view", project)
    found = []
    for image in images:
        findings, origin = labels.get(image.pk, ("", ""))
        reference = sees_reference and image.patient.reference
        found.append(Tile(image, person_words(image), findings, origin, reference))
    return found


def person_words(image: Image) -> str:
    """ "M 60 y · frontal PA"; what is not known is left out."""
    who = " ".join(filter(None, (sex_words(image), age_words(image))))
    return " · ".join(filter(None, (who, view_words(image))))


def charts(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """Charts of the images; charts of their labels only for whoever may see labels."""
    images = images_in(project)
    context = {"views": summary.view_chart(images), "people": summary.people_chart(images)}
    if user.has_perm("labeling.view", project):
        counts = summary.label_counts(project)
        context["balance"] = summary.balance_chart(project, counts)
        context["sources"] = summary.source_chart(counts)
    return render(request, "data/charts.html", context)


def query_without_page(request: HttpRequest) -> str:
    """The query string without the page number, for the links to the other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
