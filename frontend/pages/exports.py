"""Exports of a project: asking for one with the filters of the data room, following it, downloading it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from frontend.people import person
from labeling.queries.image_filters import NAMES
from overread.projects.queries import project_for
from training.exports.download import export_response
from training.models import Export
from training.queries.exports import export_named, exports_of
from training.services.exports import export_may_leave, export_request

SHOWN = 50  # a page
CHOICES: dict[str, Promise] = {
    "labels:csv": gettext_lazy("Labels, CSV"),
    "labels:parquet": gettext_lazy("Labels, Parquet"),
    "labels:jsonl": gettext_lazy("Labels, JSON Lines"),
    "labels:folders": gettext_lazy("Labels, pictures in class folders (zip)"),
    "reads:csv": gettext_lazy("Reads, CSV"),
    "reads:parquet": gettext_lazy("Reads, Parquet"),
    "reads:jsonl": gettext_lazy("Reads, JSON Lines"),
    "regions:csv": gettext_lazy("Regions, CSV"),
    "regions:parquet": gettext_lazy("Regions, Parquet"),
    "regions:jsonl": gettext_lazy("Regions, JSON Lines"),
    "regions:coco": gettext_lazy("Regions, COCO (JSON)"),
    "regions:yolo": gettext_lazy("Regions, YOLO (zip)"),
    "scores:csv": gettext_lazy("Scores, CSV"),
    "scores:parquet": gettext_lazy("Scores, Parquet"),
    "scores:jsonl": gettext_lazy("Scores, JSON Lines"),
}


class ExportRow(NamedTuple):
    """`words`: what it holds; `filters`: how it was narrowed, "" if it was not."""

    export: Export
    words: str
    filters: str
    may_leave: bool


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The exports, and a form for another. Its filters are those of the address, as the data room makes it."""
    user = person(request)
    project = project_for(user, slug, "training.export")
    filters = filters_of(request.GET)
    if request.method == "POST":
        filters = filters_of(request.POST)
        if finding := request.POST.get("finding"):
            filters["finding"] = [finding]
        kind, _colon, format = request.POST.get("what", "").partition(":")
        try:
            export_request(project=project, asked_by=user, kind=kind, format=format, filters=filters)
            messages.success(request, _("The export is being made."))
        except ValueError as refusal:
            messages.error(request, str(refusal))
        return redirect("project-exports", slug)
    shown = Paginator(exports_of(project), SHOWN).get_page(request.GET.get("page"))
    rows = []
    for export in shown:
        words = str(CHOICES.get(f"{export.kind}:{export.format}", export.kind))
        rows.append(ExportRow(export, words, filter_words(export.filters), export_may_leave(export=export, user=user)))
    context = {
        "project": project,
        "page": shown,
        "rows": rows,
        "choices": CHOICES.items(),
        "findings": project.findings.all(),
        "filters": [(name, value) for name, values in filters.items() for value in values],
        "narrowed": filter_words(filters),
        "days": settings.EXPORT_DAYS,
    }
    return render(request, "exports.html", context)


@login_required
@require_GET
def download(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    project = project_for(person(request), slug, "training.export")
    export = export_named(project, pk)
    if export is None:
        raise Http404("No such export.")
    return export_response(request, export, person(request))


def filters_of(query: QueryDict) -> dict[str, list[str]]:
    """The filters of the data room that a query sets. What the data room does not know, it ignores, too."""
    filters = {}
    for name in NAMES:
        values = [value.strip() for value in query.getlist(name) if value.strip()]
        if values:
            filters[name] = values
    return filters


def filter_words(filters: dict[str, list[str]]) -> str:
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in filters.items())
