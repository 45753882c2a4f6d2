"""The page itself: authorise, narrow, count, render."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from frontend.image_words import age_words, sex_words, view_words
from frontend.pages.data import summary
from frontend.pages.data.facets import facets
from labeling.queries.labels import with_labelled
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project
from overread.projects.queries import project_for

TILES = 40


@dataclass(frozen=True)
class Tile:
    """One image in the grid: what it shows (`findings` and `origin` only to those who may see labels)."""

    image: Image
    person: str
    findings: str
    origin: str
    reference: bool


@login_required
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "archive.view")
    wanted = charts if request.headers.get("HX-Request") else browse
    response = wanted(request, request.user, project)
    patch_vary_headers(response, ["HX-Request"])
    return response


def browse(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """The filters and the tiles; they ask for the charts, which take longer."""
    everything = with_labelled(project, images_in(project))
    found, code = everything, request.GET.get("case", "").strip()
    narrowed = facets(user, project, everything, request.GET)
    for facet in narrowed:
        found = found.filter(facet.condition)
    if code:
        patient, _dash, image = code.upper().removeprefix("PX-").partition("-")
        found = found.filter(study__patient__pseudonym__istartswith=patient)
        found = found.filter(pk__istartswith=image) if image else found
    shown = Paginator(found, TILES).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "facets": narrowed,
        "code": code,
        "filtered": bool(code) or any(choice.chosen for facet in narrowed for choice in facet.choices),
        "page": shown,
        "tiles": tiles(user, project, shown),
        "query": query_without_page(request),
        "may_upload": user.has_perm("archive.upload", project),
    }
    return render(request, "data.html", context)


def tiles(user: User, project: Project, images: Page[Image]) -> list[Tile]:
    labels = summary.label_words(project, images) if user.has_perm("labeling.view", project) else {}
    told = user.has_perm("training.view", project)
    return [
        Tile(image, person_words(image), *labels.get(image.pk, ("", "")), told and image.patient.reference)
        for image in images
    ]


def person_words(image: Image) -> str:
    """ "M 60 y · frontal PA", as far as it is known."""
    parts = (" ".join(part for part in (sex_words(image), age_words(image)) if part), view_words(image))
    return " · ".join(part for part in parts if part)


def charts(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    """What the images amount to; their labels only for those who may see them."""
    images = images_in(project)
    counts = summary.label_counts(project) if user.has_perm("labeling.view", project) else None
    context = {
        "views": summary.view_chart(images),
        "people": summary.people_chart(images),
        "balance": summary.balance_chart(project, counts) if counts else None,
        "origins": summary.origin_chart(counts) if counts else None,
    }
    return render(request, "data/charts.html", context)


def query_without_page(request: HttpRequest) -> str:
    """The filters of this page as an address, for the links to the next and the previous one."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
