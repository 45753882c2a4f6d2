"""Images that the model would answer one way or another, each time surely, depending on what is left out."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, Picks, Pool, parts
from labeling.selection.strategies.entropy import entropy_of
from labeling.selection.uncertainty import answers, margin_of, masks

SAMPLES = 10  # masks; each is one more product of the whole pool with the head


def bald(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Most mutual information between answer and model first, mean over the findings, by ten dropout masks on the embedding.

    Houlsby et al. 2011; as Monte-Carlo dropout Gal, Islam, Ghahramani 2017. A measurement's share is one minus
    the margin that the standard deviation of its samples has. Needs `pool.head`. Scores are negative. O(N·D·samples).
    """
    rows = pool.open
    found = np.full(len(pool), np.nan, np.float32)
    for place, said in answers(pool, masks(pool, SAMPLES, rng)):
        shares = [_disagreement(output, block) for output, block in parts(pool.layout, said)]
        found[rows[place]] = reduce(np.add, shares) / np.float32(len(shares))
    return Picks.lowest(-found, n, rng=rng, excluded=pool.closed)


def _disagreement(output: FindingOutput, said: NDArray[np.float32]) -> NDArray[np.float32]:
    """(m,) from samples (S, m, k), 0..1."""
    if output.kind == "measurement":
        return 1 - margin_of(output, said[..., 0].std(axis=0)[:, None])
    whole = entropy_of(output, said.mean(axis=0))
    each = np.stack([entropy_of(output, sample) for sample in said]).mean(axis=0)
    return np.asarray(np.maximum(whole - each, 0), np.float32)  # never below 0 but for rounding
