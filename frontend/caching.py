"""What browsers may keep. Workstations are shared: nothing but what is open to all is kept, not even on disk."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`no-store` on every answer that is not declared public. The reading page keeps the next cases in memory itself."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if "public" not in said and "no-store" not in said:
            response["Cache-Control"] = "private, no-store"
        return response

    return answer
