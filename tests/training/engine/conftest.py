from dataclasses import replace

import numpy as np
import pytest

from inference.engine.outputs import Output, OutputLayout
from training.engine.dataset import TrainingSet, split_by_patient
from training.engine.loop import fit
from training.engine.recipe import Recipe

LAYOUT = OutputLayout(
    (
        Output("nodule", "binary"),
        Output("quadrant", "categorical", ("none", "left", "right")),
        Output("level", "measurement", unit="levels"),
    )
)


@pytest.fixture(scope="session")
def recipe():
    return Recipe(size=32, epochs=3, batch=16, threads=1, augmentation="none")


@pytest.fixture(scope="session")
def data(recipe):
    """160 noisy squares of 80 patients: half have a bright spot, on the left or on the right; levels differ."""
    rng = np.random.default_rng(0)
    images = rng.integers(60, 100, (160, 32, 32))
    level = rng.integers(0, 60, 160)
    present = rng.random(160) < 0.5
    right = rng.random(160) < 0.5
    for index in np.flatnonzero(present):
        column = 18 if right[index] else 4
        images[index, 10:18, column : column + 8] += 80
    labels = np.column_stack([present, np.where(present, 1 + right, 0), 80 + level]).astype(np.float32)
    labels[::11, 0] = labels[1::13, 2] = np.nan
    groups = np.array([f"patient {index // 2}" for index in range(160)])
    return TrainingSet(
        images=(images + level[:, None, None]).clip(0, 255).astype(np.uint8),
        labels=labels,
        weights=np.ones_like(labels),
        groups=groups,
        split=split_by_patient(groups, 0, (0.6, 0.2, 0.2)),
        layout=LAYOUT,
        preparation=recipe.preparation(),
    )


@pytest.fixture
def train(data, recipe, tmp_path):
    """Fit `data` by the recipe with the fields given, without interruption unless told otherwise."""

    def run(checkpoint="checkpoint.safetensors", on_progress=lambda _: None, should_stop=lambda: False, **fields):
        return fit(
            fields.pop("data", data),
            replace(recipe, **{key: value for key, value in fields.items() if key != "initial_bundle"}),
            on_progress=on_progress,
            checkpoint=tmp_path / checkpoint,
            should_stop=should_stop,
            initial=fields.get("initial_bundle"),
        )

    return run
