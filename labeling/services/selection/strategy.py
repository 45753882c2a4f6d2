"""The project's strategy, by its name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labeling.selection import strategies
from labeling.selection.by_path import by_path


def strategy_check(name: str) -> None:
    """Raises ValidationError for a name nobody knows. A dotted path is imported by workers only, never here."""
    if ":" not in name and name not in strategies.names():
        raise ValidationError(_("There is no such strategy; choose one of %s.") % ", ".join(strategies.names()))


def strategy_of(name: str) -> strategies.Strategy:
    """A registered strategy by name, or a query function of modAL's signature by its dotted path (module:function)."""
    return by_path(name) if ":" in name else strategies.get(name)
