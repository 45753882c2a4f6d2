"""Errors for scripts, as problem+json (RFC 9457)."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse

from overread.origin import request_id


def problem(status: int, title: str, detail: str, **members: Any) -> JsonResponse:
    """An error answer; `members` are extensions of the standard's own, such as `errors` by field."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members, **request_id()}
    return JsonResponse(body, status=status, content_type="application/problem+json")
