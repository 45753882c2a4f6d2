"""Error pages for people, and problem+json below /api/."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404
from django.utils.translation import gettext_lazy as _

from frontend.problems import problem

WORDS: dict[int, tuple[Any, Any]] = {
    400: (_("This request cannot be understood"), _("Go back, reload the page and try again.")),
    403: (
        _("This is not open to you"),
        _("Your role does not include it. An administrator of the project can change that."),
    ),
    404: (
        _("There is nothing here"),
        _("The address may be mistyped, or what stood here is gone or not yours to see."),
    ),
    500: (
        _("Something went wrong"),
        _("It is in the server's log. Try again; if it stays, tell your operator what you did."),
    ),
}
UNSIGNED = _("The form came from an old page, or the browser keeps no cookies. Go back, reload the page and try again.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, Resolver404):  # its text lists every address of the site
        return _answer(request, 404)
    return _answer(request, 404, str(exception))


def failed(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, str(UNSIGNED))


def _answer(request: HttpRequest, status: int, detail: str = "") -> HttpResponse:
    title, hint = WORDS[status]
    if request.path.startswith("/api/"):  # a program reads the answer, not a person
        return problem(status, HTTPStatus(status).phrase, detail or str(hint))
    # Navigation and theme need the session and the database, which may be what has failed.
    with_navigation = request if status in (403, 404) else None
    page = render_to_string("error.html", {"title": title, "detail": detail or hint}, request=with_navigation)
    return HttpResponse(page, status=status)
