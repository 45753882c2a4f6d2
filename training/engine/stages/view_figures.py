"""Limits of the stage for views, and its figures, from films of patients it has not learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.metrics import auroc
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from inference.engine.stages.view import Finding, ViewStage
from training.engine.stages.films import Films


@dataclass(frozen=True)
class Readings:
    """The stage's findings on films that all lie the same way, as arrays (N,)."""

    lateral: NDArray[np.float64]
    turned: NDArray[np.int64]
    turned_probability: NDArray[np.float64]
    mirrored: NDArray[np.float64]
    inverted: NDArray[np.float64]


def readings(
    stage: ViewStage, films: Films, quarters: int = 0, *, mirror: bool = False, invert: bool = False
) -> Readings:
    """What the stage finds after each film was mirrored, inverted and turned clockwise by quarters."""
    found = [stage.find(laid(square, quarters, mirror=mirror, invert=invert)) for square in films.squares]
    return _readings(found)


def laid(square: NDArray[np.uint8], quarters: int, *, mirror: bool, invert: bool) -> StageImage:
    """A square as an image that lies otherwise."""
    pixels = square.astype(np.float32) / np.float32(255)
    if mirror:
        pixels = pixels[:, ::-1]
    if invert:
        pixels = 1 - pixels
    return StageImage(np.ascontiguousarray(np.rot90(pixels, -quarters)))


def limits_of(bundle: StageBundle, films: Films, false_alarms: float) -> dict[str, float]:
    """The smallest limits, at least 0.5, above which that share of upright real frontal films lies, at most.

    That of a frontal is above the same share of synthetic laterals.
    """
    real = films.part(~films.synthetic & ~films.lateral)
    laterals = films.part(films.lateral)
    seen = readings(ViewStage(bundle), real)
    return {
        "frontal": _limit(1 - readings(ViewStage(bundle), laterals).lateral, false_alarms),
        "lateral": _limit(seen.lateral, false_alarms),
        "turned": _limit(seen.turned_probability, false_alarms),
        "mirrored": _limit(seen.mirrored, false_alarms),
        "inverted": _limit(seen.inverted, false_alarms),
    }


def figures_of(bundle: StageBundle, films: Films) -> dict[str, Any]:
    """Shares of films found as they lie, and of upright films wrongly warned about, on films not learnt from."""
    stage = ViewStage(bundle)
    real = films.part(~films.synthetic & ~films.lateral)
    figures: dict[str, Any] = {"real": len(real), **_view_figures(stage, films)}
    upright = readings(stage, real)
    figures["turned"] = {"false": _share(upright.turned != 0)}
    for quarters in (1, 2, 3):
        found = readings(stage, real, quarters).turned == 90 * quarters
        figures["turned"][str(90 * quarters)] = _share(found)
    mirrored = readings(stage, real, mirror=True).mirrored
    figures["mirrored"] = _two(upright.mirrored, mirrored, stage.limits["mirrored"])
    inverted = readings(stage, real, invert=True).inverted
    figures["inverted"] = _two(upright.inverted, inverted, stage.limits["inverted"])
    return figures


def _view_figures(stage: ViewStage, films: Films) -> dict[str, Any]:
    phantoms = films.part(films.synthetic)
    real = films.part(~films.synthetic & ~films.lateral)
    drawn = readings(stage, phantoms).lateral
    seen = readings(stage, real).lateral
    return {
        "view": {
            "phantoms": len(phantoms),
            "phantoms_auroc": _auroc(drawn[phantoms.lateral], drawn[~phantoms.lateral]),
            "laterals_against_real_frontals_auroc": _auroc(drawn[phantoms.lateral], seen),
            "phantom_laterals_found": _share(drawn[phantoms.lateral] >= stage.limits["lateral"]),
            "real_frontals_called_lateral": _share(seen >= stage.limits["lateral"]),
        }
    }


def _two(upright: NDArray[np.float64], changed: NDArray[np.float64], limit: float) -> dict[str, float]:
    """accuracy: balanced, at 0.5."""
    return {
        "false": _share(upright >= limit),
        "found": _share(changed >= limit),
        "accuracy": round((_share(upright < 0.5) + _share(changed >= 0.5)) / 2, 4),
        "auroc": _auroc(changed, upright),
    }


def _auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    return round(float(auroc(labels, np.concatenate([positive, negative]))), 5)


def _limit(probabilities: NDArray[np.float64], false_alarms: float) -> float:
    """Just above the highest probability that is allowed, at least 0.5."""
    allowed = float(np.quantile(probabilities, 1 - false_alarms, method="higher"))
    return round(min(max(0.5, allowed + 1e-4), 0.9999), 4)


def _share(true: NDArray[np.bool_]) -> float:
    return round(float(true.mean()), 5)


def _readings(found: list[Finding]) -> Readings:
    return Readings(
        np.array([one.lateral for one in found]),
        np.array([one.turned for one in found]),
        np.array([one.turned_probability for one in found]),
        np.array([one.mirrored_probability for one in found]),
        np.array([one.inverted_probability for one in found]),
    )
