"""Why a case is in the queue, in words for doctors. Never shown before a blind first read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from labeling.selection.draw import Pick
from labeling.selection.pool import FindingOutput, parts
from labeling.selection.uncertainty import margin_of

# A margin below this is called unsure: a probability between 0.25 and 0.75.
UNSURE = 0.5

# One reason for audit, gold and repeat, so that no reader can tell which of them a case is.
CONTROL = "Control case"

# How the reason of such a case begins.
UNSURE_ON = "Model unsure on"

AT_RANDOM = "Drawn at random"
COVERS = "Stands for many images that nobody has read"
NEWEST = "Chosen by the newest answers"
REFERENCE = "Reference case"
DISPUTED = "Two first reads differ on"
OPENED = "Opened by you"

# How reasons begin that give away nothing of a model's answer. Stored reasons are compared with these: change none of them.
SILENT = (CONTROL, AT_RANDOM, COVERS, NEWEST, REFERENCE, DISPUTED, OPENED)


def quotes_model(reason: str) -> bool:
    """Whether this reason gives away a model's answer. An unknown sentence counts as one that does."""
    return bool(reason) and not reason.startswith(SILENT)


def reason(
    pick: Pick, layout: Sequence[FindingOutput], outputs: Sequence[float], thresholds: Mapping[str, float] | None = None
) -> str:
    """One line for the worklist, e.g. "Model unsure on effusion 0.48, threshold 0.50" or CONTROL.

    outputs (C,): the picked row of a pool, columns as the layout says. thresholds: finding → threshold in 0..1, for the
    findings that have one. Raises ValueError for a pick by the quota of a finding that the layout does not have.
    """
    if pick.arm in ("audit", "gold", "repeat"):
        return CONTROL
    if pick.strategy == "random":
        return AT_RANDOM
    blocks = list(parts(tuple(layout), np.asarray(outputs, dtype=float)[None]))
    if pick.finding:
        wanted = [output.finding for output in layout].index(pick.finding)
        return f"So that {pick.finding} is seen often enough: {_told(*blocks[wanted], thresholds or {})}"
    margins = [float(margin_of(output, block)[0]) for output, block in blocks]
    least = int(np.argmin(margins))
    words = UNSURE_ON if margins[least] < UNSURE else "Model least sure of"
    return f"{words} {_told(*blocks[least], thresholds or {})}"


def _told(output: FindingOutput, block: NDArray[np.floating], thresholds: Mapping[str, float]) -> str:
    """What the model says of one finding, from its columns (1, k) of one image."""
    values = block[0].tolist()
    if output.kind == "categorical":
        likeliest = np.argsort(values)[:-3:-1]  # two options are enough to see what it wavers between
        return f"{output.finding}: " + ", ".join(f"{output.options[i]} {values[i]:.2f}" for i in likeliest)
    if output.kind == "measurement":
        return f"{output.finding}, give or take {values[0]:.3g} {output.unit}".rstrip()
    told = f"{output.finding} {values[0]:.2f}"
    if output.finding in thresholds:
        told += f", threshold {thresholds[output.finding]:.2f}"
    return told
