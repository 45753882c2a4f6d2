"""What an image would do to the last layer if its likeliest answer were true, without ever writing the gradient down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.selection.certainty import margin_of
from labeling.selection.distances import Float
from labeling.selection.pool import Output, Pool, parts


def residuals(pool: Pool, rows: NDArray[np.int64]) -> Float:
    """(k, C) probability minus likeliest answer of these rows; a measurement's is one minus its margin.

    The gradient of the loss by the last layer's weights is the outer product of this with the embedding (Ash et al. 2020,
    for cross-entropy), so that ⟨g, g'⟩ = ⟨r, r'⟩·⟨z, z'⟩. O(k·C).
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    said = pool.outputs[rows]
    found: Float = np.hstack([_residual(output, block) for output, block in parts(pool.layout, said)]).astype(
        np.float32
    )
    return found


def _residual(output: Output, block: NDArray[np.floating]) -> NDArray[np.floating]:
    if output.kind == "measurement":
        return (1 - margin_of(output, block))[:, None]
    if output.kind == "binary":
        return block - (block > 0.5)
    likeliest = np.arange(block.shape[1]) == block.argmax(axis=1)[:, None]
    return np.asarray(block - likeliest)
