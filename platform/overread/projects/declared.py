"""A recipe or policy as a person types it: JSON whose fields are those of a frozen dataclass."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

KINDS: dict[type, str | Promise] = {
    bool: gettext_lazy("true or false"),
    int: gettext_lazy("a whole number"),
    float: gettext_lazy("a number"),
    str: gettext_lazy("text in quotation marks"),
}


def declared(typed: Any, kind: type) -> None:
    """Raises ValidationError with everything that keeps a `kind` from being made of what was typed, in words."""
    if not isinstance(typed or {}, dict):
        raise ValidationError(_('Write an object, such as {"epochs": 20}.'))
    values: dict[str, Any] = typed or {}
    defaults = {field.name: field.default for field in fields(kind)}
    wrong = [unknown(name, list(defaults)) for name in values if name not in defaults]
    wrong += [
        misfit(name, type(defaults[name])) for name in values if name in defaults and not fits(values, name, kind)
    ]
    if wrong:
        raise ValidationError(wrong)
    try:
        kind(**values)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 1)
    asked = _('There is no "%s".') % name
    if near:
        asked += _(' Did you mean "%s"?') % near[0]
    return asked + _(" One can set: %s.") % ", ".join(known)


def misfit(name: str, kind: type) -> str:
    return _('"%(name)s" is %(kind)s.') % {"name": name, "kind": KINDS[kind]}


def fits(values: dict[str, Any], name: str, kind: type) -> bool:
    """Whether a value is of its field's own type; a whole number is also a number, a truth value is not."""
    value = values[name]
    default = getattr(kind, name)
    return type(value) is type(default) or (isinstance(default, float) and type(value) is int)
