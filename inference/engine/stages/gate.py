"""The quality and distribution gate: whether an image is fit for the model, before any probability is computed.

Plain checks find what spoils an image of the right kind; the distance to the project's own images finds the wrong kind. See
docs/gate.md for what was measured.
"""

from collections.abc import Sequence

from inference.engine.digest import ArtifactError
from inference.engine.gate.checks import CHECKS, failed
from inference.engine.gate.measures import measures
from inference.engine.gate.strangeness import strangeness_of
from inference.engine.gate.thumbnail import thumbnail
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import Reason, StageImage, StageResult, Verdict, worst

Found = list[tuple[Verdict, Reason]]


class GateStage:
    """A fitted gate. Raises ArtifactError for a bundle that holds no gate."""

    def __init__(self, bundle: StageBundle) -> None:
        self._strangeness = strangeness_of(bundle)
        parameters = bundle.card.parameters
        try:
            self._limits = {check.code: float(parameters["limits"][check.code]) for check in CHECKS}
            self._farthest = float(parameters["farthest"])
            self._usual = float(parameters["usual"])
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(f"The card of the gate lacks a limit: {error}.") from error

    def examine(self, images: Sequence[StageImage]) -> list[StageResult]:
        """One result per image: `facts` hold its plain figures, its distance, that of its inverse, and the limit.

        An image that is farther than most of the project's images, while its inverse is not, is one with black and white exchanged,
        which is a warning. Any other beyond the limit abstains.
        """
        if not images:
            return []
        thumbs = [thumbnail(image) for image in images]
        distances, inverses = self._strangeness.of(thumbs)
        results = []
        for thumb, distance, inverse in zip(thumbs, distances, inverses, strict=True):
            results.append(self._result(measures(thumb), float(distance), float(inverse)))
        return results

    def _result(self, figures: dict[str, float], distance: float, inverse: float) -> StageResult:
        found = failed(figures, self._limits) + self._likeness(distance, inverse)
        facts = {**figures, "distance": distance, "distance_inverted": inverse, "farthest": self._farthest}
        verdict = worst(verdict for verdict, _ in found)
        return StageResult(verdict, tuple(reason for _, reason in found), facts)

    def _likeness(self, distance: float, inverse: float) -> Found:
        figures = {"distance": distance, "limit": self._farthest}
        if inverse <= self._usual < distance:
            return [("warn", Reason("inverted", {"distance_inverted": inverse, **figures}))]
        if distance > self._farthest:
            return [("abstain", Reason("not_like_the_project", figures))]
        return []


def open_stage(bundle: StageBundle) -> GateStage:
    """See inference.engine.stages.StageModule."""
    return GateStage(bundle)
