"""Nobody's large body is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from overread.web.pages import Unread


class SignedInFirst:
    """Before the form's CSRF token is looked for in a body that has not been read, its sender has to have signed in.

    A view that needs no such token (the REST interface) asks who it is before it reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponseBase | None:
        unread = isinstance(request.META.get("wsgi.input"), Unread)
        if not unread or getattr(view, "csrf_exempt", False) or request.user.is_authenticated:
            return None
        return redirect_to_login(request.get_full_path())
