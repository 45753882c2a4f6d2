import numpy as np
import pytest
from scipy.special import expit, softmax

from labeling.selection.pool import FindingOutput, Pool, parts

DIMENSION = 12
LAYOUTS = {
    "binary": (FindingOutput("effusion"), FindingOutput("nodule"), FindingOutput("consolidation")),
    "categorical": (FindingOutput("lesion", "categorical", options=("naevus", "melanoma", "keratosis")),),
    "measurement": (FindingOutput("bone age", "measurement", scale=6.0, unit="months"),),
    "mixed": (
        FindingOutput("effusion"),
        FindingOutput("view", "categorical", options=("PA", "AP")),
        FindingOutput("heart width", "measurement", scale=0.5, unit="cm"),
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


def head_of(layout):
    """A fixed linear head on the embeddings: outputs (n, C) in the layout's ranges."""
    weight = np.random.default_rng(7).standard_normal((DIMENSION, sum(output.columns for output in layout)))

    def head(points):
        blocks = []
        for output, logits in parts(layout, points @ weight):
            if output.kind == "categorical":
                blocks.append(softmax(logits, axis=1))
            else:
                blocks.append(expit(logits) * (20 if output.kind == "measurement" else 1))
        return np.hstack(blocks)

    return head


@pytest.fixture
def pool_factory():
    def make(rows=60, layout="binary", seed=0, dtype=np.float32, excluded=None, embeddings=None, **known):
        rng = np.random.default_rng(seed)
        outputs = outputs_of(LAYOUTS[layout], rows, rng).astype(dtype)
        if embeddings is None:
            embeddings = rng.standard_normal((rows, DIMENSION)).astype(np.float16)
        return Pool(
            outputs, LAYOUTS[layout], excluded=excluded, embeddings=embeddings, head=head_of(LAYOUTS[layout]), **known
        )

    return make


@pytest.fixture
def flat_pool():
    """Forty images that the model says the same of."""
    alike = np.ones((40, DIMENSION), np.float16)
    return Pool(np.full((40, 3), 0.3, np.float32), LAYOUTS["binary"], embeddings=alike, head=head_of(LAYOUTS["binary"]))
