"""Policies that a project holds for other rooms. Each room registers, when it is ready, how its own is checked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

CHECKS: dict[str, str] = {}


def policy_register(field: str, check: str) -> None:
    """Have the function at the dotted path `check` look at every value of that field. It raises ValidationError."""
    CHECKS[field] = check


def policies_check(values: dict[str, Any]) -> None:
    """Raises ValidationError with one entry per field whose room refuses its value."""
    wrong: dict[str, list[str]] = {}
    for field, check in CHECKS.items():
        try:
            import_string(check)(values[field])
        except ValidationError as refusal:
            wrong[field] = refusal.messages
    if wrong:
        raise ValidationError(wrong)
