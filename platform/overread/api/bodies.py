"""What a request carries: bounded, strict JSON, and shapes that refuse members they do not have."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from overread.api.problems import Problem

LARGEST = 2**63 - 1
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")  # as json.dumps writes it, and not a backslash that is followed by u0000


class BodyUnreadable(ValueError):
    """This is no JSON that is read here. The text says why."""


def json_read(content: bytes) -> Any:
    """JSON in UTF-8, with numbers and text that a database can hold and that can be written again. Raises BodyUnreadable."""
    try:
        body = json.loads(content.decode(), parse_int=_integer, parse_float=_number, parse_constant=_refuse)
        written = json.dumps(body, ensure_ascii=False)
        written.encode()  # half a surrogate pair can be read but never written
    except (ValueError, RecursionError) as error:
        raise BodyUnreadable(_why(error)) from error
    if NUL.search(written):
        raise BodyUnreadable("a text holds the character NUL.")
    return body


class JSONBody(BaseParser):
    """JSON in UTF-8 of bounded size, as `json_read` reads it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise Problem("The request is too large.", f"A body has {limit} bytes at most.", status=413)
        try:
            return json_read(content)
        except BodyUnreadable as error:
            raise ParseError(f"The body is no JSON that is read here: {error}") from error


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}."
    if isinstance(error, RecursionError):
        return "it is nested too deep."
    return "it is not UTF-8." if isinstance(error, UnicodeError) else str(error)


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(number := int(digits)) > LARGEST:
        raise ValueError("a whole number has more than 63 bits.")
    return number


def _number(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise ValueError("a number is too large.")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number.")


class Shape(serializers.Serializer[Any]):
    """A body whose unknown members are refused, so that a misspelt one is never silently left out."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["There is no such member here."] for name in unknown[:20]})
        return super().to_internal_value(data)
