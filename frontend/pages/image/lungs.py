"""The lungs that a pipeline found, as SVG shapes over the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from inference.models import Prediction, Stage


class LungShapes(TypedDict):
    """Outlines and lines as SVG points, in widths of a pixel."""

    outlines: list[str]
    lines: list[str]


def lung_shapes(prediction: Prediction | None, aspect: float) -> LungShapes | None:
    """The lungs' outlines and the lines of the cardiothoracic ratio; None where no lungs were found.

    `aspect`: the height of a pixel in widths of a pixel.
    """
    if prediction is None:
        return None
    facts = prediction.stages.get(Stage.LUNGS, {}).get("facts", {})
    if not facts.get("outlines"):
        return None
    ratio = facts.get("cardiothoracic", {})
    lines = [ratio[name] for name in ("heart", "thorax") if name in ratio]
    return {
        "outlines": [svg_points(outline, aspect) for outline in facts["outlines"]],
        "lines": [svg_points(line, aspect) for line in lines],
    }


def svg_points(points: Sequence[Sequence[float]], aspect: float) -> str:
    return " ".join(f"{x:g},{y * aspect:g}" for x, y in points)
