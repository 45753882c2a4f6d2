"""The operator's view of the audit log: what was done, by whom, and whether the chain still holds."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.jobs import operator_only
from overread.audit.models import Event, Seal
from overread.audit.queries import chain_verify
from overread.projects.models import Project

EVENTS = 50


@operator_only
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The newest events; a POST walks the whole chain first, which takes a while on a long log."""
    verb = request.GET.get("verb", "")
    events = Event.objects.select_related("actor").order_by("-pk")
    shown = Paginator(events.filter(verb=verb) if verb else events, EVENTS).get_page(request.GET.get("page"))
    projects = {event.project_id for event in shown if event.project_id}
    names = dict(Project.objects.filter(pk__in=projects).values_list("pk", "name"))
    context = {
        "page": shown,
        "rows": [(event, names.get(event.project_id, "") if event.project_id else "") for event in shown],
        "verbs": Event.objects.order_by("verb").values_list("verb", flat=True).distinct(),
        "verb": verb,
        "query": urlencode({"verb": verb}) if verb else "",
        "sealed": Seal.objects.order_by("-position").first(),
        "chain": chain_verify() if request.method == "POST" else None,
    }
    return render(request, "audit_log.html", context)
