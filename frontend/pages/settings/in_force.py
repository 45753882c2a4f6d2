"""The policies of selection as they are in force, for those who may look and not change them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from frontend.pages.settings.words import LABELS
from overread.projects.models import Project

TOLD = (
    *("strategy", "batch_size", "patient_cap", "by_minutes", "urgent_orders_blind", "fall_back_to_random"),
    *("audit_share", "relabel_share", "gold_share", "repeat_share", "washout_days"),
)


def in_force(project: Project) -> list[tuple[Any, str]]:
    """Each policy by the name that the settings give it, and what it holds."""
    rows = [(LABELS[name], words(getattr(project, name))) for name in TOLD]
    quotas = [f"{finding.name} {finding.quota:g}" for finding in project.findings.all() if finding.quota]
    return [*rows, (_("Shares of findings"), ", ".join(quotas) or _("none"))]


def words(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:g}" if isinstance(value, float) else str(value)
