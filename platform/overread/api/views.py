"""The view that all others are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import AuthenticationFailed, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from overread.accounts.models import User
from overread.api.bodies import JSONBody
from overread.api.pages import KeysetPagination
from overread.api.schema import Schema

PAGING = ("cursor", "page_size")


class OneAnswer(BaseContentNegotiation):
    """Every address has one way to answer, whatever the client would accept."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        given = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class View(GenericAPIView[Any]):
    """One address. It authorises, calls a service or a query, and renders; it decides nothing. Nothing is cached."""

    content_negotiation_class = OneAnswer
    metadata_class = None
    pagination_class = KeysetPagination
    parser_classes = [JSONBody]
    schema = Schema()

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    def perform_authentication(self, request: Request) -> None:
        """Raises AuthenticationFailed, also for a token that is none: knox reads it as UTF-8 without asking."""
        if not request.META.get("HTTP_AUTHORIZATION", "").isascii():
            raise AuthenticationFailed("Invalid token.")
        super().perform_authentication(request)

    def body(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """What the request carries, in that shape. Raises ValidationError with one entry per field."""
        given = shape(data=self.request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = given.validated_data
        return values

    def show(self, row: Any, shape: type[BaseSerializer[Any]], status: int = 200) -> Response:
        """One row in that shape."""
        return Response(shape(row, context=self.get_serializer_context()).data, status=status)

    def paged(self, rows: QuerySet[Any], shape: type[BaseSerializer[Any]]) -> Response:
        """One page of the rows, filtered as the request asks, each in that shape."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(shape(page, many=True, context=self.get_serializer_context()).data)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the request asks for. Raises ValidationError for a filter that there is not: left out in silence,
        it would give rows that nobody asked for.
        """
        known = [*self._filters(), *PAGING]
        if unknown := sorted(set(self.request.query_params) - set(known)):
            there_are = f"There is no such filter here. There are {', '.join(known)}."
            raise ValidationError({name: [there_are] for name in unknown[:20]})
        return super().filter_queryset(queryset)

    def _filters(self) -> list[str]:
        if chosen := getattr(self, "filterset_class", None):
            return list(chosen.base_filters)
        return list(getattr(self, "filterset_fields", ()))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response.headers.setdefault("Cache-Control", "private, no-store")
        return super().finalize_response(request, response, *args, **kwargs)
