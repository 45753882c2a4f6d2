"""Images with the most uncertain answers, by their entropy."""

from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from labeling.selection.pool import FindingOutput, Picks, Pool
from labeling.selection.uncertainty import margin_of


def entropy(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Highest mean entropy over the findings first, each scaled to 0..1 (Shannon 1948). O(N·C).

    A measurement has no entropy without a density: 1 minus its margin stands in. Scores are the negative means. Raises
    ValueError for a pool without outputs.
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    total = reduce(np.add, (entropy_of(output, block) for output, block in pool.blocks()))
    return Picks.lowest(-total / len(pool.layout), n, rng=rng, excluded=pool.closed)


def entropy_of(output: FindingOutput, block: NDArray[np.floating]) -> NDArray[np.float32]:
    """Entropy (N,) in 0..1 of one finding, from its columns (N, k)."""
    if output.kind == "measurement":
        return 1 - margin_of(output, block)
    classes = block.astype(np.float32)
    if output.kind == "binary":
        classes = np.hstack([classes, 1 - classes])
    # entr(0) is 0. Divided by the entropy of equal chances, so that findings with many options weigh no more.
    return np.asarray(entr(classes).sum(axis=1) / np.log(classes.shape[1]), dtype=np.float32)
