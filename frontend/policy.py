"""The Content-Security-Policy header."""

from __future__ import annotations

from functools import cached_property

from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"


class ContentSecurityPolicy(CSPMiddleware):  # type: ignore[misc]
    """django-csp's, which composes the policy anew for every answer: here it is composed once, as ours never differs.

    An answer that django-csp's decorators changed, or whose page asked for a nonce, is left to it.
    """

    @cached_property
    def policy(self) -> str:
        return str(build_policy())

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        own = any(name.startswith("_csp") for name in vars(response))
        if own or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)  # type: ignore[no-any-return]
        response.headers.setdefault(HEADER, self.policy)
        return response
