"""What a model's attention maps are worth, on a few cases: the figures of `inference.engine.attention`, by finding."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from inference.engine.attention import Box, deletion, insertion, points_at, share_of
from inference.engine.bundle import Bundle
from inference.engine.outputs import OutputLayout
from inference.engine.session import ModelSession

CASES = 32  # pairs of an image and a finding that it has; each takes 36 forward passes
SEED = 0

Boxes = Mapping[str, Sequence[Box]]


def attention_report(
    bundle: Bundle, images: NDArray[np.uint8], labels: NDArray[np.float32], boxes: Sequence[Boxes] = ()
) -> dict[str, dict[str, float]]:
    """Per binary finding: `cases`, and means of `deletion` and `insertion`, with `_random` those of random maps.

    For prepared images uint8 (N, S, S[, 3]) and labels (N, F); where images have boxes of a finding, by its name, also `boxed`,
    how many, `pointing`, the share of maps that point at one, and `pointing_random`. Findings without a case are left out.
    """
    session = ModelSession(bundle)
    rng = np.random.default_rng(SEED)
    found: dict[str, list[dict[str, float]]] = {}
    for row, index in _positives(labels, bundle.card.layout):
        name = bundle.card.layout.names[index]
        here: Sequence[Box] = ()
        if row < len(boxes):
            here = boxes[row].get(name, ())
        column = bundle.card.layout.slices[index].start
        figures = _case(session, images[row : row + 1], column, here, rng)
        found.setdefault(name, []).append(figures)
    return {name: _means(rows) for name, rows in found.items()}


def _positives(labels: NDArray[np.float32], layout: OutputLayout) -> list[tuple[int, int]]:
    """Up to CASES pairs (image, output) of a binary finding that is present; the findings take turns, so that none fills it."""
    binary = [index for index, output in enumerate(layout) if output.kind == "binary"]
    pairs = []
    for index in binary:
        present = np.flatnonzero(labels[:, index] == 1)
        pairs += [(turn, int(row), index) for turn, row in enumerate(present)]
    return [(row, index) for _turn, row, index in sorted(pairs, key=lambda pair: (pair[0], pair[2]))[:CASES]]


def _case(
    session: ModelSession, image: NDArray[np.uint8], column: int, boxes: Sequence[Box], rng: np.random.Generator
) -> dict[str, float]:
    """The figures of one image and one output's map."""
    normalised = session.card.preparation.normalise(image)

    def score(batch: NDArray[np.float32]) -> NDArray[np.float64]:
        return session.probabilities(session.run(batch).logits)[:, column]

    heat = session.run(normalised).maps[0, column]
    random = rng.random(heat.shape)
    figures = {}
    for name, measure in (("deletion", deletion), ("insertion", insertion)):
        figures[name] = measure(score, normalised[0], heat)
        figures[f"{name}_random"] = measure(score, normalised[0], random)
    if boxes:
        figures["pointing"] = float(points_at(heat, boxes))
        figures["pointing_random"] = share_of(boxes)
    return figures


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    means = {"cases": float(len(rows))}
    boxed = sum("pointing" in row for row in rows)
    if boxed:
        means["boxed"] = float(boxed)
    for name in sorted({name for row in rows for name in row}):
        means[name] = float(np.mean([row[name] for row in rows if name in row]))
    return means
