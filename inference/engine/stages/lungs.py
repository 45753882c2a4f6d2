"""Where the lungs lie in a frontal chest film, as outlines and a box, and how wide the heart is. One small U-Net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.digest import ArtifactError
from inference.engine.lungs.masks import filled, halves, largest, solidity
from inference.engine.lungs.outline import outline
from inference.engine.lungs.widths import Line, Widths, widths_of
from inference.engine.preparation import Placement
from inference.engine.session import INPUT, open_graph
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import Reason, StageImage, StageResult
from inference.engine.stages.square import grey_square

OUTPUT = "logits"
LUNGS, HEART = 0, 1
"""Channels of the graph's logits (N, 2, S, S)."""
POINTS = 64
MARGIN = 0.1
"""Of the box about the lungs, on each side, as a share of its width or height."""
LIMITS = (
    "area_least",
    "area_most",
    "smaller_least",
    "confidence_least",
    "beside_least",
    "solid_least",
    "heart_confidence_least",
)


@dataclass(frozen=True)
class Fields:
    """The lungs in a square (S, S): each lung's mask, and the heart's, which may be empty.

    area: of both, as a share of the film; smaller: area of the smaller lung over the larger; confidence: mean probability
    inside; beside: how far apart the lungs' middles are across, over their mean width; solid: the lesser share
    that a lung has of its convex hull.
    """

    lungs: tuple[NDArray[np.bool_], ...]
    heart: NDArray[np.bool_]
    area: float
    smaller: float
    confidence: float
    beside: float
    solid: float
    heart_confidence: float

    @property
    def both(self) -> NDArray[np.bool_]:
        return np.asarray(self.lungs[0] | self.lungs[1])


class LungsStage:
    """The stage of one bundle. Its parameters: `size` of the square and `limits` (see LIMITS)."""

    def __init__(self, bundle: StageBundle) -> None:
        try:
            self.size = int(bundle.card.parameters["size"])
            self.limits = _limits(bundle.card.parameters["limits"])
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"The card is not that of a stage for lungs: {error!r}.") from error
        self._graph = open_graph(bundle.onnx)

    def examine(self, images: Sequence[StageImage]) -> list[StageResult]:
        """One result per image, each looked at alone."""
        return [self._examine(image) for image in images]

    def maps(self, square: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities float32 (2, S, S) of lungs and heart in a square of 0 to 1."""
        logits = self._graph.run([OUTPUT], {INPUT: np.ascontiguousarray(square[None, None])})[0][0]
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)

    def _examine(self, image: StageImage) -> StageResult:
        square, place = grey_square(image, self.size)
        fields = fields_of(self.maps(square), place)
        lacking = self.lacking(fields)
        if lacking:
            figures = {"lacking": lacking, **_figures(fields)}
            return StageResult("warn", (Reason("lungs_not_found", figures),), {"found": False})
        return StageResult(facts=self._facts(fields, place))

    def lacking(self, fields: Fields) -> list[str]:
        """Which of the limits the fields fall short of; empty where they pass for lungs."""
        if len(fields.lungs) < 2:
            return ["lungs"]
        checks = {
            "area_least": fields.area >= self.limits["area_least"],
            "area_most": fields.area <= self.limits["area_most"],
            "smaller_least": fields.smaller >= self.limits["smaller_least"],
            "confidence_least": fields.confidence >= self.limits["confidence_least"],
            "beside_least": fields.beside >= self.limits["beside_least"],
            "solid_least": fields.solid >= self.limits["solid_least"],
        }
        return [name for name, passed in checks.items() if not passed]

    def _facts(self, fields: Fields, place: Placement) -> dict[str, Any]:
        outlines = [_points(outline(lung, POINTS), place) for lung in _from_the_left(fields.lungs)]
        facts = {
            "found": True,
            "box": box_of(fields.both, place),
            "outlines": outlines,
            "area_share": round(fields.area, 4),
            "confidence": round(fields.confidence, 4),
        }
        widths = self.widths(fields)
        if widths is not None:
            facts["cardiothoracic"] = {
                "ratio": round(widths.ratio, 3),
                "heart": _points(np.array(widths.heart), place),
                "thorax": _points(np.array(widths.thorax), place),
            }
        return facts

    def widths(self, fields: Fields) -> Widths | None:
        """The heart's and the thorax's width, where they are plausible: a sure heart that lies between the ribs."""
        if fields.heart_confidence < self.limits["heart_confidence_least"]:
            return None
        widths = widths_of(fields.both, fields.heart)
        if widths is None or not _within(widths.heart, widths.thorax) or not 0.3 <= widths.ratio <= 0.8:
            return None
        return widths


def open_stage(bundle: StageBundle) -> LungsStage:
    """The stage of a bundle. Raises ArtifactError for a card of another kind of stage."""
    return LungsStage(bundle)


def fields_of(maps: NDArray[np.float32], place: Placement) -> Fields:
    """The two largest parts of the lungs' map without holes, and the largest of the heart's. maps: (2, S, S), 0 to 1."""
    film = np.zeros(maps.shape[1:], bool)
    film[place.top : place.top + place.height, place.left : place.left + place.width] = True
    inside = film & (maps[LUNGS] >= 0.5)
    parts = largest(inside, 2)
    if _one_spans_both(parts):
        parts = halves(parts[0])
    lungs = tuple(filled(part) for part in parts)
    hearts = largest(film & (maps[HEART] >= 0.5), 1)
    heart = filled(hearts[0]) if hearts else np.zeros_like(inside)
    areas = sorted(float(lung.sum()) for lung in lungs)
    return Fields(
        lungs=lungs,
        heart=heart,
        area=sum(areas) / float(film.sum()),
        smaller=areas[0] / areas[-1] if areas else 0.0,
        confidence=_mean(maps[LUNGS], lungs),
        beside=_beside(lungs),
        solid=min(map(solidity, lungs), default=0.0),
        heart_confidence=_mean(maps[HEART], (heart,)),
    )


def box_of(mask: NDArray[np.bool_], place: Placement) -> list[int]:
    """x0, y0, x1, y1 in the image's pixels: about the mask, a tenth larger on each side, within the image."""
    rows = np.flatnonzero(mask.any(1))
    columns = np.flatnonzero(mask.any(0))
    size = place.size
    left, top = place.to_image(columns[0] / size, rows[0] / size)
    right, bottom = place.to_image((columns[-1] + 1) / size, (rows[-1] + 1) / size)
    wide = MARGIN * (right - left)
    tall = MARGIN * (bottom - top)
    x0 = max(0, int(np.floor(left - wide)))
    y0 = max(0, int(np.floor(top - tall)))
    x1 = min(place.image_width, int(np.ceil(right + wide)))
    y1 = min(place.image_height, int(np.ceil(bottom + tall)))
    return [x0, y0, x1, y1]


def _one_spans_both(parts: Sequence[NDArray[np.bool_]]) -> bool:
    """Whether two lungs have grown together: one part, wider than tall, and nothing of size beside it."""
    if not parts or (len(parts) > 1 and parts[1].sum() > 0.1 * parts[0].sum()):
        return False
    return bool(np.ptp(np.flatnonzero(parts[0].any(0))) > 0.9 * np.ptp(np.flatnonzero(parts[0].any(1))))


def _beside(lungs: Sequence[NDArray[np.bool_]]) -> float:
    if len(lungs) < 2:
        return 0.0
    columns = [np.flatnonzero(lung.any(0)) for lung in lungs]
    middles = [float(lung.sum(0) @ np.arange(lung.shape[1]) / lung.sum()) for lung in lungs]
    widths = [float(np.ptp(one)) + 1 for one in columns]
    return abs(middles[0] - middles[1]) / (sum(widths) / 2)


def _mean(probabilities: NDArray[np.float32], masks: Sequence[NDArray[np.bool_]]) -> float:
    """Mean probability inside masks; 0 where they are empty."""
    inside = np.zeros(probabilities.shape, bool)
    for mask in masks:
        inside |= mask
    return float(probabilities[inside].mean()) if inside.any() else 0.0


def _from_the_left(lungs: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    return sorted(lungs, key=lambda lung: int(np.flatnonzero(lung.any(0))[0]))


def _points(points: NDArray[np.float64], place: Placement) -> list[list[float]]:
    """Points (N, 2) of the square as x, y in the image's pixels, within the image, to a tenth of a pixel."""
    x, y = place.to_image(points[:, 0] / place.size, points[:, 1] / place.size)  # type: ignore[arg-type]
    x = np.clip(x, 0, place.image_width)
    y = np.clip(y, 0, place.image_height)
    return [[round(float(one), 1), round(float(other), 1)] for one, other in zip(x, y, strict=True)]


def _within(inner: Line, outer: Line) -> bool:
    return outer[0][0] <= inner[0][0] and inner[1][0] <= outer[1][0]


def _figures(fields: Fields) -> dict[str, float]:
    names = ("area", "smaller", "confidence", "beside", "solid")
    return {name: round(getattr(fields, name), 4) for name in names}


def _limits(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(values[name]) for name in LIMITS}
