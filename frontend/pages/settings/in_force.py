"""The policies of selection now in force, for those who may see them and not change them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from frontend.pages.settings.words import LABELS
from overread.projects.models import Project

SHOWN = (
    *("strategy", "batch_size", "patient_cap", "by_minutes", "urgent_orders_blind", "fall_back_to_random"),
    *("audit_share", "relabel_share", "gold_share", "repeat_share", "washout_days"),
)


def in_force(project: Project) -> list[tuple[Any, str]]:
    """Each policy by its label on the settings page, and its value."""
    rows: list[tuple[Any, str]] = []
    for name in SHOWN:
        rows.append((LABELS[name], value_words(getattr(project, name))))
    quotas = [f"{finding.name} {finding.quota:g}" for finding in project.findings.all() if finding.quota]
    rows.append((_("Shares of findings"), ", ".join(quotas) or _("none")))
    return rows


def value_words(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
