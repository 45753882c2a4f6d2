"""Images with confident but different answers, depending on which parts of the embedding are left out."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, Picks, Pool, parts
from labeling.selection.strategies.entropy import entropy_of
from labeling.selection.uncertainty import answers, margin_of, masks

SAMPLES = 10  # masks; each is one more product of the whole pool with the head


def bald(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Most mutual information of answer and model first, in 0..1, mean over the findings, by ten dropout masks.

    Houlsby et al. 2011; with Monte Carlo dropout: Gal, Islam, Ghahramani 2017. For a measurement it is 1 minus the margin
    of the standard deviation of its samples. Needs outputs, embeddings and `pool.head`, else ValueError. Scores are the
    negative information. O(N·D·samples).
    """
    rows = pool.open
    found = np.full(len(pool), np.nan, np.float32)
    for place, said in answers(pool, masks(pool, SAMPLES, rng)):
        shares = [_disagreement(output, block) for output, block in parts(pool.layout, said)]
        found[rows[place]] = reduce(np.add, shares) / np.float32(len(shares))
    return Picks.lowest(-found, n, rng=rng, excluded=pool.closed)


def _disagreement(output: FindingOutput, said: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mutual information (m,) in 0..1 from samples (S, m, k) of one finding."""
    if output.kind == "measurement":
        return 1 - margin_of(output, said[..., 0].std(axis=0)[:, None])
    whole = entropy_of(output, said.mean(axis=0))
    each = np.stack([entropy_of(output, sample) for sample in said]).mean(axis=0)
    return np.asarray(np.maximum(whole - each, 0), np.float32)  # never below 0 but for rounding
