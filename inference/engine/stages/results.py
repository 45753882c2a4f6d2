"""What a stage is given and what it answers. NumPy only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Verdict = Literal["pass", "warn", "abstain"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)  # from the best to the worst


@dataclass(frozen=True)
class StageImage:
    """An image as displayed: pixels float32 (H, W) or (H, W, 3), 0 to 1.

    `view`: what the file's header says, such as "PA", "AP" or "LATERAL"; "" where it says nothing.
    """

    pixels: NDArray[np.float32]
    view: str = ""

    def __post_init__(self) -> None:
        if self.pixels.ndim not in (2, 3):
            raise ValueError(f"An image is (H, W) or (H, W, 3), not {self.pixels.shape}.")

    @property
    def grey(self) -> NDArray[np.float32]:
        """(H, W): the image itself, or the mean of its channels."""
        if self.pixels.ndim == 2:
            return self.pixels
        return np.asarray(self.pixels.mean(2), np.float32)


@dataclass(frozen=True)
class Reason:
    """Why a stage warns or abstains: a code, for which pages have words, and the figures behind it in plain JSON."""

    code: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, **self.figures}


@dataclass(frozen=True)
class StageResult:
    """What a stage says of one image.

    `facts`: what it found, in plain JSON: a view, a box and outlines in the image's pixels, distances. On "abstain" no later
    stage sees the image, and no probability is computed. Raises ValueError for a verdict without a reason.
    """

    verdict: Verdict = "pass"
    reasons: tuple[Reason, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"A verdict is one of {', '.join(VERDICTS)}, not {self.verdict!r}.")
        if (self.verdict == "pass") is bool(self.reasons):
            raise ValueError("A stage that warns or abstains says why, and one that passes has no reason.")

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, as stored with the image."""
        return {
            "verdict": self.verdict,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "facts": dict(self.facts),
        }


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of these verdicts; "pass" without any."""
    return max(verdicts, key=VERDICTS.index, default="pass")
