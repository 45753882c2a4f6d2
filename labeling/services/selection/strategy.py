"""The project's strategy, by its name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from labeling.selection import strategies
from labeling.selection.by_path import by_path
from labeling.selection.pool import Pool

WITHOUT_MODEL = ("random", "maxherding", "uherding", "k_center", "typiclust")
WITH_HEAD = ("bald", "dropquery")


def strategy_check(name: str) -> None:
    """Raises ValidationError for a name nobody knows. A dotted path is imported by workers only, never here."""
    if ":" not in name and name not in strategies.names():
        raise ValidationError(_("There is no such strategy; choose one of %s.") % ", ".join(strategies.names()))


def strategy_of(name: str) -> strategies.Strategy:
    """A registered strategy by name, or a query function of modAL's signature by its dotted path (module:function)."""
    return by_path(name) if ":" in name else strategies.get(name)


def strategy_for(name: str, pool: Pool | None) -> strategies.Strategy:
    """That strategy, or random where there is no pool yet, no model that says anything, or no head for one that asks it
    anew.
    """
    able = pool is not None and (pool.layout or name in WITHOUT_MODEL) and (pool.head or name not in WITH_HEAD)
    return strategy_of(name) if able else strategies.get("random")
