"""K-means over embeddings, by scikit-learn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from labeling.selection.distances import Float, distances


def clusters(points: Float, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int32], Float]:
    """Which cluster (n,) each of (n, D) points belongs to, and the clusters' middles (count, D). O(n·count·D·passes)."""
    means = MiniBatchKMeans(
        min(count, len(points)), batch_size=4096, n_init=1, max_iter=30, random_state=int(rng.integers(2**31))
    ).fit(points)
    return means.labels_, means.cluster_centers_.astype(np.float32)


def nearest_to(middles: Float, points: Float) -> NDArray[np.intp]:
    """For each of the middles (k, D), one after the other, the nearest of (n, D) points that is not taken yet; k ≤ n."""
    found = distances(middles, points)
    chosen = np.empty(len(middles), np.intp)
    for place in range(len(middles)):
        chosen[place] = found[place].argmin()
        found[:, chosen[place]] = np.inf
    return chosen
