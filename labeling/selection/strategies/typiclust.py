"""The most typical image of each kind of which nobody has read one yet."""

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labeling.selection.clusters import clusters
from labeling.selection.geometry import Float, chunks, distances
from labeling.selection.pool import Picks, Pool, sample

# Images that may be chosen: distances within a cluster grow with its square.
CANDIDATES = 10_000
# The authors' numbers.
MOST_CLUSTERS = 500
NEIGHBOURS = 20
# Labelled images, drawn at random, that tell which clusters are covered.
LABELLED = 2_000


def typiclust(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """From the clusters with the fewest labelled images, the largest first, the image with the nearest twenty neighbours.

    Hacohen, Dekel, Weinshall, "Active Learning on a Budget", ICML 2022. There are as many clusters as labels and picks, at
    most 500. Neighbours are of the same cluster. It does poorly if positives are rare. Scores are the negative typicality.
    Raises ValueError for a pool without embeddings. O(candidates·(clusters + candidates)·D).
    """
    rows = sample(pool.open, max(CANDIDATES, n), rng)
    known = sample(pool.known, LABELLED, rng)
    n = min(n, len(rows))
    if n <= 0:
        return Picks.lowest(np.zeros(len(rows)), n, rng=rng)
    points = pool.embedded(np.concatenate([rows, known]))
    count = min(len(known) + n, MOST_CLUSTERS)
    cluster, _ = clusters(points, count, rng)
    with threadpool_limits(1, user_api="blas"):  # threads that share products this small spend more than they save
        typical = _typicality(points[: len(rows)], cluster[: len(rows)])
    chosen = _by_turns(typical, cluster[: len(rows)], np.bincount(cluster[len(rows) :], minlength=count), n, rng)
    return Picks(rows=rows[chosen], scores=-typical[chosen].astype(np.float64))


def _typicality(points: Float, cluster: NDArray[np.int32]) -> Float:
    """Typicality (k,): 1 over the mean distance to the nearest neighbours in the cluster; 0 for an image that is alone."""
    typical = np.zeros(len(points), np.float32)
    for members in _members(cluster):
        near = min(NEIGHBOURS, len(members) - 1)
        if not near:
            continue
        for place in chunks(len(members), 1024):
            found = distances(points[members[place]], points[members])
            nearest = np.sqrt(np.partition(found, near, axis=1)[:, : near + 1])
            # The image's own distance, 0, is among them and adds nothing. 1e-9: copies lie at no distance at all.
            typical[members[place]] = near / np.maximum(nearest.sum(axis=1), 1e-9)
    return typical


def _members(cluster: NDArray[np.int32]) -> list[NDArray[np.intp]]:
    """The places (·,) of each cluster's images, cluster by cluster in ascending order, none empty."""
    order = np.argsort(cluster, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1)


def _by_turns(
    typical: Float, cluster: NDArray[np.int32], labelled: NDArray[np.int64], n: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Places (n,): one of each cluster in turn, the clusters with the fewest labelled images first, then the larger ones."""
    turns = labelled.copy()
    waiting: dict[int, list[int]] = {}
    for members in _members(cluster):
        shuffled = rng.permutation(members)  # the sort is stable, so this breaks its ties at random
        waiting[int(cluster[members[0]])] = shuffled[np.argsort(typical[shuffled], kind="stable")].tolist()
    chosen: list[int] = []
    while len(chosen) < n:
        best = min(waiting, key=lambda each: (turns[each], -len(waiting[each])))
        chosen.append(waiting[best].pop())
        turns[best] += 1
        if not waiting[best]:
            del waiting[best]
    return np.array(chosen, np.intp)
