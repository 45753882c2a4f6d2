"""K-means over embeddings, by scikit-learn."""

from __future__ import annotations

from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from labeling.selection.distances import Float, distances


def clusters(points: Float, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int32], Float]:
    """Which cluster (n,) each of (n, D) points belongs to, and the clusters' middles (count, D). O(n·count·D·passes).

    Lloyd's passes from points drawn at random: where clusters are many, k-means++ takes ten times as long to begin with
    and ends no better.
    """
    seed = int(rng.integers(2**31))
    means = KMeans(min(count, len(points)), init="random", n_init=1, max_iter=20, random_state=seed)
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # of fewer clusters than asked, where images lie on one another
        means.fit(points)
    return means.labels_, means.cluster_centers_.astype(np.float32)


def nearest_to(middles: Float, points: Float) -> NDArray[np.intp]:
    """For each of the middles (k, D), one after the other, the nearest of (n, D) points that is not taken yet; k ≤ n."""
    found = distances(middles, points)
    chosen = np.empty(len(middles), np.intp)
    for place in range(len(middles)):
        chosen[place] = found[place].argmin()
        found[:, chosen[place]] = np.inf
    return chosen
