"""How often a model's prediction sets hold the truth, how often it abstains, and how right it is when it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from frontend.pages.model.calibrated import threshold_policy
from frontend.pages.model.gate import finding_name
from inference.engine.basis import Basis
from inference.engine.basis import from_dicts as bases_of
from inference.engine.prediction_sets import SetLimits, cases_needed
from inference.engine.prediction_sets import from_dicts as sets_of
from inference.models import ModelVersion

COVERAGE = 0.9  # a recipe's, where the card of an imported model does not say


@dataclass(frozen=True)
class SetRow:
    """One binary finding on held-out patients, all as shares of 1. None: not computed, or without a set.

    `rests_on` says of how many cases the set is made, or why there is none.
    """

    name: str
    rests_on: str
    wanted: float | None
    covered: float | None
    covered_positives: float | None
    covered_negatives: float | None
    abstains: float | None
    accuracy_answered: float | None
    accuracy: float | None


def set_rows(version: ModelVersion, names: Mapping[str, str]) -> list[SetRow]:
    """`names`: finding slug → name. Empty for a card from before there were sets."""
    sets = sets_of(version.card.get("sets", {}))
    if not sets and threshold_policy(version) is None:
        return []
    bases = bases_of(version.card.get("basis", {}))
    rows = []
    for output in version.card["layout"]:
        slug = output["name"]
        if output["kind"] == "binary" and (slug in sets or slug in bases):
            rows.append(_row(version, slug, finding_name(slug, names), sets.get(slug), bases.get(slug)))
    return rows


def _row(version: ModelVersion, slug: str, name: str, limits: SetLimits | None, basis: Basis | None) -> SetRow:
    facts = version.card["facts"]
    held_out: Mapping[str, float] = facts.get("held_out", {}).get("findings", {}).get(slug, {})
    answered = held_out.get("answered")
    return SetRow(
        name=name,
        rests_on=_rests_on(limits, basis, facts.get("recipe", {}).get("coverage", COVERAGE)),
        wanted=limits.coverage if limits else None,
        covered=held_out.get("covered"),
        covered_positives=held_out.get("covered_positives"),
        covered_negatives=held_out.get("covered_negatives"),
        abstains=None if answered is None else 1 - answered,
        accuracy_answered=held_out.get("accuracy_answered"),
        accuracy=held_out.get("accuracy"),
    )


def _rests_on(limits: SetLimits | None, basis: Basis | None, coverage: float) -> str:
    if limits is not None:
        told = {"positives": limits.positives, "negatives": limits.negatives}
        return _("%(positives)d with it, %(negatives)d without") % told
    positives = (basis.positives or 0) if basis else 0
    negatives = basis.cases - positives if basis else 0
    told = {"positives": positives, "negatives": negatives, "needed": cases_needed(coverage)}
    return _("no set: %(positives)d with it, %(negatives)d without; it takes %(needed)d of each") % told
