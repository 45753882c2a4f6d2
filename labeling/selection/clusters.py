"""K-means over embeddings, by scikit-learn."""

from __future__ import annotations

from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from labeling.selection.geometry import Float, distances

# Points for each cluster, drawn at random and a thousand at least, among which the first centroids are sought: k-means++
# on all points would take longer than the passes after it.
BEGINNERS = 4


def clusters(points: Float, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int32], Float]:
    """The cluster (n,) of each of the points (n, D), and the centroids (count, D) of the clusters. O(n·count·D·passes).

    Lloyd's algorithm, started from centroids that k-means++ (Arthur, Vassilvitskii 2007) finds in a sample of the points,
    with one trial each. Fewer clusters than `count` may have members.
    """
    count = min(count, len(points))
    seed = int(rng.integers(2**31))
    beginners = min(len(points), max(BEGINNERS * count, 1_000))
    some = points[rng.choice(len(points), beginners, replace=False)]
    with threadpool_limits(1):  # threads that share steps this small spend more than they save
        centroids, _ = kmeans_plusplus(some, count, n_local_trials=1, random_state=seed)
    means = KMeans(count, init=centroids, n_init=1, max_iter=20)
    with catch_warnings():
        simplefilter("ignore", ConvergenceWarning)  # images that lie on one another give fewer clusters than asked
        means.fit(points)
    return means.labels_, means.cluster_centers_.astype(np.float32)


def nearest_to(centroids: Float, points: Float) -> NDArray[np.intp]:
    """For each of the centroids (k, D) in turn, the place (k,) of the nearest point (n, D) that is not taken yet; k ≤ n."""
    found = distances(centroids, points)
    chosen = np.empty(len(centroids), np.intp)
    for place in range(len(centroids)):
        chosen[place] = found[place].argmin()
        found[:, chosen[place]] = np.inf
    return chosen
