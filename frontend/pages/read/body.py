"""The requests of the reading page's script."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from labeling.values import AnswerInvalid
from overread.api.bodies import BodyUnreadable, json_read

Body = Mapping[str, object]


def body_of(request: HttpRequest) -> Body:
    """The JSON object in the request, read as strictly as a REST body. Raises AnswerInvalid for anything else."""
    try:
        body = json_read(request.body)
    except BodyUnreadable as error:
        raise AnswerInvalid({"body": _("The request cannot be read: %(why)s") % {"why": error}}) from error
    if not isinstance(body, dict):
        raise AnswerInvalid({"body": _("The request holds no JSON object.")})
    return body


def text_in(body: Body, name: str) -> str:
    return str(body.get(name, ""))


def known_in(request: HttpRequest) -> list[str]:
    """The tokens of the cases that the page has ready. A body that cannot be read names none: they are sent again."""
    try:
        known = body_of(request).get("known", [])
    except AnswerInvalid:
        return []
    if not isinstance(known, list):
        return []
    return [token for token in known if isinstance(token, str)]


def prediction_named(key: object) -> UUID | None:
    """The prediction that the page has on screen. It need not be the newest: a page may have been open for long."""
    try:
        return UUID(str(key))
    except ValueError:
        return None
