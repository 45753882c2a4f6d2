"""Errors as problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from overread.origin import request_id

PROBLEM = "application/problem+json"


class Problem(exceptions.APIException):
    """An error with a title of its own; `members` join the body, such as one entry per finding under `errors`."""

    def __init__(
        self, title: str, detail: str, *, status: int = status.HTTP_422_UNPROCESSABLE_ENTITY, **members: Any
    ) -> None:
        super().__init__(detail)
        self.title, self.status_code, self.members = title, status, members


class Busy(Problem):
    """Nothing is wrong with the request; it is for a little later."""

    wait = 10  # seconds, as DRF writes into Retry-After

    def __init__(self) -> None:
        super().__init__("The server is busy.", "Other files are being read. Send this one again.", status=503)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django's and DRF's errors as application/problem+json. Unknown ones stay a plain 500 without a word of detail."""
    known = _known(error)
    if known is None:
        return None
    plain = exception_handler(known, context)
    headers = {name: plain[name] for name in ("WWW-Authenticate", "Retry-After") if plain and plain.has_header(name)}
    set_rollback()
    return Response(body_of(known) | request_id(), status=known.status_code, headers=headers, content_type=PROBLEM)


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, ModelError):
        return exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, Http404):
        return exceptions.NotFound(str(error) or None)
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, RequestDataTooBig):
        return Problem("The request is too large.", "Send less at once.", status=413)
    if isinstance(error, SuspiciousOperation):
        return Problem("The request makes no sense.", "Its form is not one that is read here.", status=400)
    return None


def body_of(error: exceptions.APIException) -> dict[str, Any]:
    """The members of a problem: type, title, status, detail, and those of its own."""
    title = getattr(error, "title", HTTPStatus(error.status_code).phrase)
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": error.status_code}
    if isinstance(error, exceptions.ValidationError):
        return body | {"title": "The request does not fit.", "detail": "See errors.", "errors": error.detail}
    return body | {"detail": str(error.detail)} | getattr(error, "members", {})
