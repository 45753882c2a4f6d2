"""The API's description: OpenAPI for programs, a page without a script for people."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from overread.api.outline import Outline, outline


class SchemaView(SpectacularAPIView):
    """The OpenAPI schema. It holds no data, and so it is open to all."""


@cache
def description() -> Outline:
    """The outline of this API, made once a process."""
    return outline(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every operation and every shape on one page, open to all."""
    return render(request, "api_docs.html", {"outline": description()})
