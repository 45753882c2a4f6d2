"""Confirmed cases like the one in front, as a strip that the page asks for once the model is in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.pages.data.summary import label_words
from frontend.pages.read.body import prediction_named
from frontend.pages.read.guard import of_case
from frontend.pages.read.opened import is_blind
from frontend.people import person
from inference.queries import prediction_in_view
from labeling.models import Assignment
from labeling.queries.similar import SimilarCase
from labeling.services.similar import similar_cases_show
from overread.archive.models import Image
from overread.projects.models import Project


@dataclass(frozen=True)
class SimilarRow:
    """One case of the strip: its labels in words, where they come from, and how alike it is in percent."""

    image: Image
    labels: str
    origin: str
    percent: int


@never_cache
@require_GET
@of_case
def similar(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """The strip. As the attention maps: only beside a prediction this reader was shown, and never in a blind read."""
    if is_blind(assignment):
        raise Http404("No similar cases.")
    reader = person(request)
    named = prediction_named(request.GET.get("prediction"))
    shown = prediction_in_view(user=reader, image=assignment.image, project=project, named=named)
    if shown is None:
        raise Http404("No similar cases.")
    cases = similar_cases_show(prediction=shown, project=project, user=reader)
    return render(request, "read/similar.html", {"project": project, "rows": similar_rows(project, cases)})


def similar_rows(project: Project, cases: Sequence[SimilarCase]) -> list[SimilarRow]:
    words = label_words(project, [case.image for case in cases])
    rows = []
    for case in cases:
        labels, origin = words.get(case.image.pk, ("", ""))
        rows.append(SimilarRow(case.image, labels, origin, round(100 * max(case.cosine, 0.0))))
    return rows
