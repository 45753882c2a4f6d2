"""What browsers may cache. Workstations are shared: only what is public may be kept, on disk or in memory."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Adds `no-store` to every answer that is not declared public. The reading page keeps the next cases in memory itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        declared = response.get("Cache-Control", "")
        if "public" not in declared and "no-store" not in declared:
            response["Cache-Control"] = "private, no-store"
        return response

    return answer
