"""The audit log for the operator: what was done, by whom, and whether the hash chain is intact."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend.pages.jobs import operator_only
from overread.audit.queries import chain_verify, events_newest, seal_newest, verbs_known
from overread.projects.queries import project_names

EVENTS = 50  # a page


@operator_only
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The newest events. A POST verifies the whole chain first, which takes a while for a long log."""
    verb = request.GET.get("verb", "")
    shown = Paginator(events_newest(verb=verb), EVENTS).get_page(request.GET.get("page"))
    names = project_names({event.project_id for event in shown if event.project_id})
    rows = []
    for event in shown:
        name = names.get(event.project_id, "") if event.project_id else ""
        rows.append((event, name))
    context: dict[str, object] = {
        "page": shown,
        "rows": rows,
        "verbs": verbs_known(),
        "verb": verb,
        "query": urlencode({"verb": verb}) if verb else "",
        "sealed": seal_newest(),
    }
    if request.method == "POST":  # a link that is only followed, or prefetched, must not start it
        context["chain"] = chain_verify()
    return render(request, "audit_log.html", context)
