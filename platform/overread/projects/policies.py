"""Policies that a project holds for other rooms. Each room checks its own, in its `listeners.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

Check = Callable[[Any], None]
CHECKS: dict[str, Check] = {}


def policy_check(field: str) -> Callable[[Check], Check]:
    """Have the decorated function look at every value of that field. It raises ValidationError."""

    def register(check: Check) -> Check:
        CHECKS[field] = check
        return check

    return register


def policies_check(project: object) -> None:
    """Raises ValidationError with one entry per field of the project whose room refuses its value."""
    wrong: dict[str, list[str]] = {}
    for field, check in CHECKS.items():
        try:
            check(getattr(project, field))
        except ValidationError as refusal:
            wrong[field] = refusal.messages
    if wrong:
        raise ValidationError(wrong)
