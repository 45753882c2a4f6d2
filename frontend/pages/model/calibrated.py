"""What a model's calibrations, thresholds and intervals rest on, in words. Cards from before that was kept have none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.pages.model.gate import finding_name
from inference.engine.basis import Basis
from inference.engine.basis import from_dicts as bases_of
from inference.engine.intervals import PredictionInterval
from inference.engine.intervals import from_dicts as intervals_of
from inference.engine.thresholds import ThresholdPolicy
from inference.engine.thresholds import from_dict as policy_of
from inference.models import ModelVersion


@dataclass(frozen=True)
class CalibrationRow:
    """One finding in the calibration split. `positives`: None where it is not binary. `wanting`: too little to rely on."""

    name: str
    cases: int
    positives: int | None
    calibration: str
    threshold: str
    wanting: bool


@dataclass(frozen=True)
class MeasurementRow:
    """One measurement on held-out patients. None: not computed. `covered`: the share of labels in the interval."""

    name: str
    unit: str
    known: int
    error: float | None
    covered: float | None
    half: float | None
    coverage: float | None


def calibration_rows(version: ModelVersion, names: Mapping[str, str]) -> list[CalibrationRow]:
    """`names`: finding slug → name."""
    intervals = intervals_of(version.card.get("intervals", {}))
    units = _units(version)
    rows = []
    bases = bases_of(version.card.get("basis", {}))
    policy = threshold_policy(version)
    for output in version.card["layout"]:
        slug = output["name"]
        basis = bases.get(slug)
        if basis is None:
            continue
        name = finding_name(slug, names)
        if basis.calibration is None:
            rows.append(_measured(name, units.get(slug, ""), basis, intervals.get(slug)))
        else:
            rows.append(_classified(name, basis, version.card["thresholds"].get(slug), policy))
    return rows


def measurement_rows(version: ModelVersion, names: Mapping[str, str]) -> list[MeasurementRow]:
    intervals = intervals_of(version.card.get("intervals", {}))
    findings: Mapping[str, Mapping[str, float]] = version.card["facts"].get("held_out", {}).get("findings", {})
    rows = []
    for slug, unit in _units(version).items():
        metrics = findings.get(slug)
        if metrics is None:
            continue
        interval = intervals.get(slug)
        row = MeasurementRow(
            name=finding_name(slug, names),
            unit=unit,
            known=int(metrics.get("known_count", 0)),
            error=metrics.get("mean_absolute_error"),
            covered=metrics.get("covered"),
            half=interval.half if interval else None,
            coverage=interval.coverage if interval else None,
        )
        rows.append(row)
    return rows


def _units(version: ModelVersion) -> dict[str, str]:
    """The unit of each measurement."""
    layout: list[dict[str, Any]] = version.card["layout"]
    return {output["name"]: output["unit"] for output in layout if output["kind"] == "measurement"}


def _classified(name: str, basis: Basis, threshold: float | None, policy: ThresholdPolicy | None) -> CalibrationRow:
    return CalibrationRow(
        name=name,
        cases=basis.cases,
        positives=basis.positives,
        calibration=_calibration_words(basis),
        threshold=_threshold_words(basis, threshold, policy),
        wanting=basis.calibration != "fitted" or basis.threshold == "default",
    )


def _calibration_words(basis: Basis) -> str:
    if basis.calibration == "fitted":
        return _("fitted")
    if basis.calibration == "few":
        return _("fitted on few cases, and held near the network's own probabilities")
    if not basis.cases:
        return _("not calibrated: no case")
    told = {"cases": basis.cases}
    if basis.positives == 0:
        return _("not calibrated: no case with it among %(cases)d") % told
    if basis.positives == basis.cases:
        return _("not calibrated: no case without it among %(cases)d") % told
    return _("not calibrated: one answer only among %(cases)d") % told


def _threshold_words(basis: Basis, threshold: float | None, policy: ThresholdPolicy | None) -> str:
    if threshold is None or basis.threshold is None:
        return "–"
    told = {"threshold": f"{threshold:.2f}"}
    if basis.threshold == "default":
        return _("%(threshold)s, not chosen from data") % told
    if policy is None:
        return _("%(threshold)s, chosen from these cases") % told
    return _("%(threshold)s, chosen from these cases by %(policy)s") % (told | {"policy": policy_words(policy)})


def threshold_policy(version: ModelVersion) -> ThresholdPolicy | None:
    """How the model's thresholds were chosen. None for a card from before that was kept."""
    row = version.card.get("threshold_policy")
    return policy_of(row) if row else None


def policy_words(policy: ThresholdPolicy) -> str:
    """As in "chosen by …"."""
    if policy.value is None:
        return _("Youden's index")
    told = {"percent": f"{100 * policy.value:g}", "cost": f"{policy.value:g}"}
    if policy.kind == "sensitivity":
        return _("a sensitivity of %(percent)s %%") % told
    if policy.kind == "specificity":
        return _("a specificity of %(percent)s %%") % told
    if policy.prevalence is None:
        return _("cost, a miss being worth %(cost)s false alarms") % told
    told["prevalence"] = f"{100 * policy.prevalence:g}"
    return _("cost, a miss being worth %(cost)s false alarms, where %(prevalence)s %% have it") % told


def _measured(name: str, unit: str, basis: Basis, interval: PredictionInterval | None) -> CalibrationRow:
    if interval is None:
        words = ngettext("no interval: %(n)d case is too few", "no interval: %(n)d cases are too few", basis.cases)
        words = words % {"n": basis.cases}
    else:
        told = {"half": f"{interval.half:.3g}", "unit": unit, "percent": f"{100 * interval.coverage:.0f}"}
        words = _("%(percent)s %% interval of ± %(half)s %(unit)s") % told
    return CalibrationRow(name, basis.cases, None, words, "–", interval is None)
