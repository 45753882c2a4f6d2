"""Fitting the quality and distribution gate to a project's accepted images, without numbers tuned by hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.model_selection import KFold

from inference.engine.gate.descriptor import BLOCKS, LENGTH, descriptor
from inference.engine.gate.distance import Distance, Mahalanobis, Neighbours, Projection
from inference.engine.gate.thumbnail import thumbnail
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from training.engine.stages.gate_limits import FEWEST, OF_DISTANCE, USUAL, farthest, plain_limits

Float = NDArray[np.float32]
Kind = Literal["neighbours", "mahalanobis"]

FOLDS = 5
K = 3
COMPONENTS = 64
MOST = 2000  # images kept to be compared with; half a megabyte
FLATTENING = 0.5  # coordinates are divided by this power of their standard deviation: 0 as they are, 1 all alike


def fit(
    images: Sequence[StageImage],
    *,
    false_refusals: float = 0.01,
    seed: int = 0,
    distance: Kind = "neighbours",
) -> StageBundle:
    """The gate of a project, from its accepted images.

    `false_refusals`: the share of such images that all abstaining checks together may refuse, as estimated from distances that
    are cross-fitted: an image's is to a gate fitted without it and others. Put no two images of a patient in where that can be
    helped, since they vouch for each other. The same images and seed give the same bundle. Raises ValueError for fewer than
    FEWEST different images, or a share outside 0 to 0.5.
    """
    if len(images) < FEWEST:
        raise ValueError(f"A gate is fitted on at least {FEWEST} accepted images; the project has {len(images)}.")
    if not 0 < false_refusals <= 0.5:
        raise ValueError(f"A share of false refusals is above 0 and at most 0.5, not {false_refusals}.")
    thumbs = [thumbnail(image) for image in images]
    descriptors = np.stack([descriptor(thumb) for thumb in thumbs])
    different = len(np.unique(descriptors, axis=0))
    if different < FEWEST:
        raise ValueError(f"A gate is fitted on at least {FEWEST} different images; {different} of these differ.")
    fitter = FITTERS[distance]
    crossed = cross_fitted(descriptors, fitter, seed)
    limit = farthest(crossed, false_refusals * OF_DISTANCE)
    return StageBundle.pack(
        kind="gate",
        architecture=distance,
        parameters={
            "limits": plain_limits(thumbs, false_refusals),
            "farthest": limit,
            "usual": float(np.quantile(crossed, USUAL)),
            "k": K,
        },
        arrays=fitter(descriptors, seed).arrays(),
        facts=_facts(crossed, limit, false_refusals, seed),
    )


def cross_fitted(descriptors: Float, fitter: Callable[[Float, int], Distance], seed: int) -> Float:
    """(N,): each image's distance to a gate fitted on the other folds."""
    distances = np.empty(len(descriptors), np.float32)
    for others, fold in KFold(FOLDS, shuffle=True, random_state=seed).split(descriptors):
        distances[fold] = fitter(descriptors[others], seed).of(descriptors[fold])
    return distances


def fit_projection(descriptors: Float, seed: int) -> Projection:
    """Weighted blocks and their principal components; fewer components where there are few images."""
    centre = descriptors.mean(0)
    scale = _scale(descriptors - centre)
    wanted = min(COMPONENTS, len(descriptors) // 3)
    # Both are exact; which is faster depends on the smaller side.
    solver: Literal["full", "covariance_eigh"] = "full" if len(descriptors) < LENGTH else "covariance_eigh"
    pca = PCA(wanted, svd_solver=solver, random_state=seed).fit((descriptors - centre) * scale)
    deviations = np.sqrt(np.maximum(pca.explained_variance_, 1e-4))
    spread = np.append(deviations, deviations[-1]) ** FLATTENING
    # The components of data that are centred already: the mean that scikit-learn subtracts is rounding.
    components = np.ascontiguousarray(pca.components_.T, np.float32)
    return Projection(centre, scale, components, spread.astype(np.float32))


def fit_neighbours(descriptors: Float, seed: int) -> Neighbours:
    """All images are kept, or MOST drawn by lot."""
    projection = fit_projection(descriptors, seed)
    kept = descriptors
    if len(kept) > MOST:
        kept = kept[np.sort(np.random.default_rng(seed).choice(len(kept), MOST, replace=False))]
    return Neighbours(projection, projection.coordinates(kept), K)


def fit_mahalanobis(descriptors: Float, seed: int) -> Mahalanobis:
    """Mean and shrunk covariance of the coordinates."""
    projection = fit_projection(descriptors, seed)
    shrunk = LedoitWolf().fit(projection.coordinates(descriptors))
    whitening = np.linalg.cholesky(shrunk.precision_).astype(np.float32)
    return Mahalanobis(projection, shrunk.location_.astype(np.float32), whitening)


FITTERS: Mapping[Kind, Callable[[Float, int], Distance]] = {
    "neighbours": fit_neighbours,
    "mahalanobis": fit_mahalanobis,
}


def _scale(centred: Float) -> Float:
    """(D,): what gives every block its weight."""
    scales = []
    start = 0
    for block in BLOCKS:
        part = centred[:, start : start + block.length]
        deviation = float(np.sqrt(part.var(0).sum()))
        scales.append(np.full(block.length, block.weight / max(deviation, block.least), np.float32))
        start += block.length
    return np.concatenate(scales)


def _facts(crossed: Float, limit: float, false_refusals: float, seed: int) -> dict[str, float | int]:
    return {
        "images": len(crossed),
        "false_refusals": false_refusals,
        "seed": seed,
        "median_distance": float(np.median(crossed)),
        "refused_by_distance": float((crossed > limit).mean()),
    }
