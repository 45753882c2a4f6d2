"""Images that would change the model most, each in another direction."""

import numpy as np
from numpy.typing import NDArray

from labeling.selection.geometry import Float, squares
from labeling.selection.pool import FindingOutput, Picks, Pool, parts
from labeling.selection.uncertainty import margin_of

# Rows drawn for each one wanted before all distances are computed again. More draws mean fewer passes over all rows, but
# most of the later ones are rejected.
DRAWS = 4


def badge(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """n rows by k-means++ on the gradients of the last layer, as if the likeliest answer were true.

    Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds", ICLR 2020. The first row is drawn
    by its squared length, each further one by its squared distance to the nearest before it. An earlier distance is an
    upper bound, so drawing by the bounds and accepting with the ratio of distance to bound draws the same (rejection
    sampling, Cohen-Addad et al. 2020). One pass over all rows then serves some hundred picks. Scores are negative squared
    distances. Needs outputs and embeddings, else ValueError. O(passes·N·D·(picks since the last pass) + N·C).
    """
    rows = pool.open
    n = min(n, len(rows))
    if n <= 0:
        return Picks.lowest(np.zeros(len(rows)), n, rng=rng)
    field = _Field(pool, rows)
    while len(field.chosen) < n:
        field.refresh()
        if not field.draw(n, rng):
            field.fill(n, rng)
    return Picks(rows=rows[field.chosen], scores=-np.array(field.won))


def residuals(pool: Pool, rows: NDArray[np.int64]) -> Float:
    """Residuals (k, C) of these rows (k,): probability minus likeliest answer; for a measurement 1 minus its margin.

    For cross-entropy the gradient with respect to the last layer's weights is the outer product of the residual and the
    embedding (Ash et al. 2020), so that ⟨g, g'⟩ = ⟨r, r'⟩·⟨z, z'⟩. Raises ValueError for a pool without outputs. O(k·C).
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    blocks = [_residual(output, block) for output, block in parts(pool.layout, pool.outputs[rows])]
    return np.asarray(np.hstack(blocks), np.float32)


def _residual(output: FindingOutput, block: NDArray[np.floating]) -> NDArray[np.floating]:
    if output.kind == "measurement":
        return (1 - margin_of(output, block))[:, None]
    if output.kind == "binary":
        return block - (block > 0.5)
    likeliest = np.arange(block.shape[1]) == block.argmax(axis=1)[:, None]
    return np.asarray(block - likeliest)


class _Field:
    """The squared distance of every row's gradient to the nearest chosen one, or an upper bound of it."""

    def __init__(self, pool: Pool, rows: NDArray[np.int64]) -> None:
        self.pool = pool
        self.rows = rows
        self.residuals = residuals(pool, rows)
        self.lengths = np.empty(len(rows), np.float32)
        for place, points in pool.passes(rows):
            self.lengths[place] = squares(points) * squares(self.residuals[place])
        self.bound = self.lengths.copy()  # until one is chosen: the squared length
        self.chosen: list[int] = []
        self.won: list[float] = []
        self.applied = 0

    def refresh(self) -> None:
        """Lower the bounds of all rows by what was chosen since the last time."""
        new = self.chosen[self.applied :]
        if new and not self.applied:
            self.bound[:] = np.inf
        if not new:
            return
        centres = self.pool.embedded(self.rows[new])
        for place, points in self.pool.passes(self.rows):
            apart = self._apart(place, points, new, centres)
            np.minimum(self.bound[place], apart.min(axis=1), out=self.bound[place])
        self.bound[self.chosen] = 0
        self.applied = len(self.chosen)

    def draw(self, n: int, rng: np.random.Generator) -> bool:
        """Choose by the bounds, the very first one alone. False if every row left is a copy of a chosen one."""
        total = np.cumsum(self.bound, dtype=np.float64)
        if not total[-1] > 0:
            return False
        draws = DRAWS * n
        # Clipped, since a product may round up to the total itself.
        places = np.searchsorted(total, rng.random(draws) * total[-1], side="right").clip(max=len(total) - 1)
        for place, chance in zip(places.tolist(), rng.random(draws), strict=True):
            if place in self.chosen or len(self.chosen) == n:
                continue
            distance = self._distance(place)
            if chance * self.bound[place] < distance:
                self.chosen.append(place)
                self.won.append(distance)
                # Until one is chosen the bounds are lengths, and say nothing of distances.
                if not self.applied:
                    break
        return True

    def fill(self, n: int, rng: np.random.Generator) -> None:
        """Choose the rest at random: every row left is a copy of one that is chosen."""
        left = np.setdiff1d(np.arange(len(self.rows)), self.chosen)
        others = rng.choice(left, n - len(self.chosen), replace=False).tolist()
        self.chosen += others
        self.won += [0.0] * len(others)

    def _distance(self, place: int) -> float:
        """The squared distance of one row to the nearest of all that are chosen so far."""
        new = self.chosen[self.applied :]
        if not new:
            return float(self.bound[place])
        points = self.pool.embedded(self.rows[[place]])
        centres = self.pool.embedded(self.rows[new])
        apart = self._apart(np.array([place]), points, new, centres)
        return min(float(self.bound[place]), max(float(apart.min()), 0.0))

    def _apart(self, place: slice | NDArray[np.intp], points: Float, new: list[int], centres: Float) -> Float:
        """(m, k) squared distances of these rows' gradients to the new ones', from products of the two factors alone."""
        products = (points @ centres.T) * (self.residuals[place] @ self.residuals[new].T)
        apart: Float = self.lengths[place][:, None] + self.lengths[new] - 2 * products
        np.maximum(apart, 0, out=apart)
        return apart
