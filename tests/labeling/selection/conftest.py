import numpy as np
import pytest

from labeling.selection.pool import Output, Pool

LAYOUTS = {
    "binary": (Output("effusion"), Output("nodule"), Output("consolidation")),
    "categorical": (Output("lesion", "categorical", options=("naevus", "melanoma", "keratosis")),),
    "measurement": (Output("bone age", "measurement", scale=6.0, unit="months"),),
    "mixed": (
        Output("effusion"),
        Output("view", "categorical", options=("PA", "AP")),
        Output("heart width", "measurement", scale=0.5, unit="cm"),
    ),
}


def outputs_of(layout, rows, rng):
    """Plausible model outputs (rows, C) for a layout."""
    blocks = []
    for output in layout:
        if output.kind == "categorical":
            blocks.append(rng.dirichlet(np.ones(output.columns), rows))
        else:
            blocks.append(rng.random((rows, 1)) * (20 if output.kind == "measurement" else 1))
    return np.hstack(blocks)


@pytest.fixture
def pool_factory():
    def make(rows=60, layout="binary", seed=0, dtype=np.float32, excluded=None, embeddings=None):
        rng = np.random.default_rng(seed)
        outputs = outputs_of(LAYOUTS[layout], rows, rng).astype(dtype)
        return Pool(outputs, LAYOUTS[layout], excluded=excluded, embeddings=embeddings)

    return make


@pytest.fixture
def flat_pool():
    """Forty images that the model says the same of."""
    return Pool(np.full((40, 3), 0.3, dtype=np.float32), LAYOUTS["binary"])
