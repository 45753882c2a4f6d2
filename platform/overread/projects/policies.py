"""Policies that a project holds for other rooms. Each room registers, when it is ready, how its own is checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from overread.jobs.services import job_enqueue_once

CHECKS: dict[str, str] = {}
LISTENERS: dict[str, list[str]] = {}


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


def policy_listen(field: str, kind: str) -> None:
    """Have one job of `kind` enqueued for a project, with the argument `of`, whenever that field has changed."""
    LISTENERS.setdefault(field, []).append(kind)


def policies_changed(project: UUID, fields: Iterable[str]) -> None:
    """Enqueue what listens to these fields of a project, in the caller's transaction."""
    for kind in sorted({kind for field in fields for kind in LISTENERS.get(field, ())}):
        job_enqueue_once(kind=kind, project=project, of=project)
