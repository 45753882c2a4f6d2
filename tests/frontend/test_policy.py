"""The Content-Security-Policy header: ours as it stands, and what a page of its own says instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from csp.decorators import csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from frontend.policy import HEADER, ContentSecurityPolicy

View = Callable[[HttpRequest], HttpResponse]


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def with_nonce(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.csp_nonce))  # type: ignore[attr-defined]


def of_its_own(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response[HEADER] = "sandbox"
    return response


VIEWS = [plain, with_nonce, of_its_own, csp_exempt()(plain), csp_update({"img-src": "data:"})(plain)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_header_is_the_one_of_django_csp(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csp.middleware.CSPMiddleware._make_nonce", _nonce)
    request = RequestFactory().get
    ours, theirs = ContentSecurityPolicy(view), CSPMiddleware(view)
    for _ in range(2):  # the second answer has what was composed for the first
        assert ours(request("/")).headers.get(HEADER) == theirs(request("/")).headers.get(HEADER)


def test_the_policy_allows_nothing_but_our_own() -> None:
    answer = ContentSecurityPolicy(plain)(RequestFactory().get("/"))
    assert answer is not None
    parts = dict(part.strip().split(" ", 1) for part in answer[HEADER].split(";"))
    assert parts["default-src"] == parts["frame-ancestors"] == "'none'" and parts["script-src"] == "'self'"


def _nonce(_: object, request: HttpRequest) -> str:
    request._csp_nonce = "a1"  # type: ignore[attr-defined]
    return "a1"
