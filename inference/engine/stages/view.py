"""Which view a chest film shows, and whether it lies turned, mirrored or inverted. One small network with four heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from inference.engine.digest import ArtifactError
from inference.engine.session import INPUT, open_graph
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import Reason, StageImage, StageResult, Verdict
from inference.engine.stages.square import grey_square
from inference.engine.stages.view_tags import View, view_of_tag

OUTPUT = "logits"
LATERAL, TURNED, MIRRORED, INVERTED = 0, slice(1, 5), 5, 6
"""Columns of the graph's logits (N, 7): lateral against frontal, quarter turns 0 to 3, mirrored, inverted."""
LIMITS = ("frontal", "lateral", "turned", "mirrored", "inverted")


POSES = tuple((flip, quarters) for flip in (False, True) for quarters in range(4))
"""The eight ways to lay a square on itself: flipped or not, then turned clockwise by quarters."""


@dataclass(frozen=True)
class Look:
    """What the network says of one square laid in all eight POSES, as probabilities that do not depend on how it lay.

    turned (4,): of no, one, two, three quarter turns clockwise; lateral, mirrored (4,): of the film once so many quarter turns
    are taken back. Means over the poses that agree (group averaging; Cohen, Welling, ICML 2016, do so inside the network).
    """

    turned: NDArray[np.float64]
    lateral: NDArray[np.float64]
    mirrored: NDArray[np.float64]
    inverted: float

    @classmethod
    def of(cls, logits: NDArray[np.float32]) -> Look:
        """From the logits (8, 7) of the poses."""
        rows = logits.astype(np.float64)
        turns = rows[:, TURNED]
        turns = turns - np.logaddexp.reduce(turns, axis=1, keepdims=True)
        scores = np.array([_mean_turn(turns, quarters) for quarters in range(4)])
        straight = rows[[POSES.index((False, -quarters % 4)) for quarters in range(4)]]
        flipped = rows[[POSES.index((True, quarters)) for quarters in range(4)]]
        return cls(
            turned=np.exp(scores - np.logaddexp.reduce(scores)),
            lateral=_sigmoid((straight[:, LATERAL] + flipped[:, LATERAL]) / 2),
            mirrored=_sigmoid((straight[:, MIRRORED] - flipped[:, MIRRORED]) / 2),
            inverted=float(_sigmoid(rows[:, INVERTED].mean())),
        )


@dataclass(frozen=True)
class Finding:
    """How a film lies, and what it shows once put right.

    turned: degrees clockwise that the film was turned by; turning it back as far puts it upright. The probabilities are those
    of lateral, of any turn, of mirrored and of inverted, 0 to 1.
    """

    lateral: float
    turned: Literal[0, 90, 180, 270]
    turned_probability: float
    mirrored_probability: float
    inverted_probability: float

    @property
    def view(self) -> View:
        return "lateral" if self.lateral >= 0.5 else "frontal"

    @property
    def view_probability(self) -> float:
        return max(self.lateral, 1 - self.lateral)


class ViewStage:
    """The stage of one bundle. Its parameters: `size` of the square, `limits` (see LIMITS), `views` of the classifier."""

    def __init__(self, bundle: StageBundle) -> None:
        try:
            self.size = int(bundle.card.parameters["size"])
            self.limits = _limits(bundle.card.parameters["limits"])
            self.views = tuple(bundle.card.parameters.get("views", ("frontal",)))
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"The card is not that of a stage for views: {error!r}.") from error
        self._graph = open_graph(bundle.onnx)

    def examine(self, images: Sequence[StageImage]) -> list[StageResult]:
        """One result per image, each looked at alone."""
        return [self._result(self.find(image), image.view) for image in images]

    def find(self, image: StageImage) -> Finding:
        """View and side are those of the film once it is put right; of an inverted one they are read in its true polarity."""
        square, _ = grey_square(image, self.size)
        first = self._look(square)
        quarters = self._quarters(first)
        right = self._look(1 - square) if first.inverted >= self.limits["inverted"] else first
        return Finding(
            lateral=float(right.lateral[quarters]),
            turned=cast(Literal[0, 90, 180, 270], 90 * quarters),
            turned_probability=1 - float(first.turned[0]),
            mirrored_probability=float(right.mirrored[quarters]),
            inverted_probability=first.inverted,
        )

    def _look(self, square: NDArray[np.float32]) -> Look:
        return Look.of(self._graph.run([OUTPUT], {INPUT: posed(square)[:, None]})[0])

    def _quarters(self, look: Look) -> int:
        if 1 - look.turned[0] < self.limits["turned"]:
            return 0
        return 1 + int(np.argmax(look.turned[1:]))

    def _result(self, found: Finding, tag: str) -> StageResult:
        # The heart's side says nothing in a lateral.
        mirrored = found.view == "frontal" and found.mirrored_probability >= self.limits["mirrored"]
        inverted = found.inverted_probability >= self.limits["inverted"]
        reasons = self._view_reasons(found, tag)
        if found.turned:
            reasons.append(Reason("turned", {"degrees": found.turned, "probability": _short(found.turned_probability)}))
        if mirrored:
            reasons.append(Reason("mirrored", {"probability": _short(found.mirrored_probability)}))
        if inverted:
            reasons.append(Reason("inverted", {"probability": _short(found.inverted_probability)}))
        return StageResult(_verdict(reasons), tuple(reasons), _facts(found, mirrored=mirrored, inverted=inverted))

    def _view_reasons(self, found: Finding, tag: str) -> list[Reason]:
        """What is wrong with the view itself, where the pixels leave no doubt about it."""
        if found.view_probability < self.limits[found.view]:
            return []
        reasons = []
        figures = {"view": found.view, "probability": _short(found.view_probability)}
        tagged = view_of_tag(tag)
        if tagged is not None and tagged != found.view:
            reasons.append(Reason("view_conflict", {"tag": tag, "tag_view": tagged, **figures}))
        if found.view not in self.views:
            reasons.append(Reason("view_not_trained", {**figures, "views": list(self.views)}))
        return reasons


def open_stage(bundle: StageBundle) -> ViewStage:
    """The stage of a bundle. Raises ArtifactError for a card of another kind of stage."""
    return ViewStage(bundle)


def posed(square: NDArray[np.float32]) -> NDArray[np.float32]:
    """The square (S, S) in all POSES: (8, S, S)."""
    return np.stack([np.rot90(square[:, ::-1] if flip else square, -quarters) for flip, quarters in POSES])


def _mean_turn(turns: NDArray[np.float64], quarters: int) -> float:
    """The mean over POSES of what a film turned by so many quarters shows in each: a flip turns the other way round."""
    shown = [((-quarters if flip else quarters) + more) % 4 for flip, more in POSES]
    return float(turns[np.arange(len(POSES)), shown].mean())


def _limits(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(values[name]) for name in LIMITS}


def _verdict(reasons: Sequence[Reason]) -> Verdict:
    if any(reason.code == "view_not_trained" for reason in reasons):
        return "abstain"
    return "warn" if reasons else "pass"


def _facts(found: Finding, *, mirrored: bool, inverted: bool) -> dict[str, Any]:
    return {
        "view": found.view,
        "view_probability": _short(found.view_probability),
        "turned": found.turned,
        "turned_probability": _short(found.turned_probability),
        "mirrored": mirrored,
        "mirrored_probability": _short(found.mirrored_probability),
        "inverted": inverted,
        "inverted_probability": _short(found.inverted_probability),
    }


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logits)))


def _short(probability: float) -> float:
    return round(probability, 4)
