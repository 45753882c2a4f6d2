"""Changing the policies that fill the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.services import findings_quota, project_change


@transaction.atomic
def selection_change(
    *, project: Project, actor: User, quotas: Mapping[str, float] | None = None, **policies: Any
) -> Project:
    """Change policies and findings' quotas together, or nothing. Raises ValidationError, which names the field."""
    if quotas is not None:
        findings_quota(project=project, actor=actor, quotas=quotas)
    changed = {name: value for name, value in policies.items() if getattr(project, name) != value}
    if not changed:
        return project
    return project_change(project=project, actor=actor, **changed)
