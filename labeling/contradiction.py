"""When a reader's answer and the model's probability plainly contradict each other, in both directions alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Calibrated probabilities from which the model is sure of a finding, and of its absence. As far from 1 as from 0, so that
# the question leans neither way.
HIGH = 0.9
LOW = 0.1


def contradicted_value(output: Mapping[str, Any] | None) -> str | None:
    """The answer that this output of a binary finding strongly contradicts: absent, present, or None for neither.

    If a threshold is above HIGH or below LOW, the model may be that sure and still be on the other side of it. Then it
    contradicts nobody, nor does it where it abstains.
    """
    if output is None or output["kind"] != "binary" or output.get("set") == "both":
        return None
    probability = output["probability"]
    above = output["above"]
    if probability >= HIGH and above:
        return "absent"
    if probability <= LOW and not above:
        return "present"
    return None
