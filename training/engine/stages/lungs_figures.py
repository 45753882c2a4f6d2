"""Figures of the stage for lungs, on films of patients it has not learnt from, and its limits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.preparation import Preparation
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.lungs import Fields, LungsStage, fields_of
from training.engine.stages.pairs import Pairs


def limits_of() -> dict[str, float]:
    """The limits that are shipped: below the smallest of what held-out real films showed (see the README of the stage)."""
    return {
        "area_least": 0.08,
        "area_most": 0.75,
        "smaller_least": 0.35,
        "confidence_least": 0.85,
        "beside_least": 0.9,
        "solid_least": 0.8,
        "heart_confidence_least": 0.8,
    }


def fold_figures(bundle: StageBundle, pairs: Pairs) -> dict[str, Any]:
    """Dice coefficients of both lungs together after the stage's own tidying, and the share of films with lungs found."""
    stage = LungsStage(bundle)
    found = [fields_in(stage, square) for square in pairs.squares]
    scores = [dice(fields, mask) for fields, mask in zip(found, pairs.lungs, strict=True)]
    lacking = [stage.lacking(fields) for fields in found]
    return {
        "films": len(pairs),
        "dice": round(float(np.mean(scores)), 4),
        "dice_median": round(float(np.median(scores)), 4),
        "dice_least": round(float(np.min(scores)), 4),
        "found": round(float(np.mean([not one for one in lacking])), 4),
    }


def heart_figures(bundle: StageBundle, pairs: Pairs) -> dict[str, Any]:
    """The measured cardiothoracic ratio against the truth of synthetic films: shares measured, bias, spread, errors."""
    stage = LungsStage(bundle)
    errors = []
    for square, ratio in zip(pairs.squares, pairs.ratios, strict=True):
        fields = fields_in(stage, square)
        widths = None if stage.lacking(fields) else stage.widths(fields)
        if widths is not None:
            errors.append(widths.ratio - ratio)
    if not errors:
        return {"films": len(pairs), "measured": 0}
    return {
        "films": len(pairs),
        "measured": len(errors),
        "mean_error": round(float(np.mean(errors)), 4),
        "sd": round(float(np.std(errors)), 4),
        "mean_absolute_error": round(float(np.mean(np.abs(errors))), 4),
        "largest_error": round(float(np.max(np.abs(errors))), 4),
    }


def fields_in(stage: LungsStage, square: NDArray[np.uint8]) -> Fields:
    """What the stage finds in a square that fills the network's input."""
    size = len(square)
    return fields_of(stage.maps(square.astype(np.float32) / np.float32(255)), Preparation(size).placement(size, size))


def dice(fields: Fields, mask: NDArray[np.uint8]) -> float:
    """Of all lungs found and a mask (S, S) of 255 inside, 0 to 1."""
    truth = mask >= 128
    given = np.zeros_like(truth)
    for lung in fields.lungs:
        given |= lung
    total = int(given.sum() + truth.sum())
    return 2 * int((given & truth).sum()) / total if total else 1.0
