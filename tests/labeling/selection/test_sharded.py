"""Choosing in parts gives what choosing from the whole gives, however it is cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from labeling.selection import herding, sharded, strategies
from labeling.selection.pool import Output, Pool
from labeling.selection.sharded import HERDING, SCORED, choose, merge, subset, top

LAYOUT = (Output("effusion"), Output("grade", "categorical", ("I", "II")))
ROWS, LABELLED = 300, 12


@pytest.fixture(autouse=True)
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Herding draws its candidates and references, as it does of a million rows."""
    for module in (herding, sharded):
        monkeypatch.setattr(module, "CANDIDATES", 60)
        monkeypatch.setattr(module, "REFERENCE", 40)


def whole(seed: int = 0, *, layout: tuple[Output, ...] = LAYOUT) -> Pool:
    """Many ties among the outputs; labelled rows last, some others excluded."""
    rng = np.random.default_rng(seed)
    likely = rng.integers(0, 4, (ROWS, 2)) / 4
    outputs = np.stack([likely[:, 0], likely[:, 1], 1 - likely[:, 1]], axis=1).astype(np.float32)
    embeddings = rng.integers(-3, 4, (ROWS, 8)).astype(np.float16)
    return Pool(
        outputs if layout else outputs[:, :0],
        layout,
        excluded=rng.random(ROWS) < 0.1,
        embeddings=embeddings,
        labelled=np.arange(ROWS - LABELLED, ROWS),
        head=lambda points: np.tile(1 / (1 + np.exp(-points[:, :1])), (1, 3)) * [1, 0.5, 0.5] + [0, 0.1, 0.2],
    )


def in_parts(pool: Pool, ends: list[int]) -> list[Pool]:
    rows = np.split(np.arange(ROWS - LABELLED), ends)
    return [subset(pool, part) for part in rows]


@pytest.mark.parametrize("ends", [[], [100], [10, 20, 250]])
@pytest.mark.parametrize("strategy", SCORED + HERDING)
def test_parts_choose_what_the_whole_chooses(strategy: str, ends: list[int]) -> None:
    pool = whole()
    merged = merge([top(part, 20, strategy=strategy, seed=7) for part in in_parts(pool, ends)])
    ours = choose(merged, 20, strategy=strategy, seed=7)
    one = strategies.get(strategy)(pool, 20, rng=np.random.default_rng(7))
    assert ours.rows.tolist() == one.rows.tolist() and np.allclose(ours.scores, one.scores)


def test_without_a_model_parts_herd_what_the_whole_herds() -> None:
    pool = whole(layout=())
    merged = merge([top(part, 9, strategy="uherding", seed=3) for part in in_parts(pool, [50, 200])])
    one = strategies.get("uherding")(pool, 9, rng=np.random.default_rng(3))
    assert choose(merged, 9, strategy="uherding", seed=3).rows.tolist() == one.rows.tolist()


def test_what_is_handed_up_does_not_grow_with_the_part() -> None:
    assert len(top(whole(), 20, strategy="margin", seed=0)) == 20 + LABELLED
    assert len(top(whole(), 20, strategy="uherding", seed=0)) <= 30 + 60 + 40 + LABELLED


def test_another_seed_settles_ties_otherwise() -> None:
    drawn = {tuple(choose(whole(), 20, strategy="margin", seed=seed).rows) for seed in range(5)}
    assert len(drawn) == 5


def test_a_strategy_that_looks_at_all_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="k_center cannot choose in parts"):
        top(replace(whole(), ids=np.arange(ROWS)), 5, strategy="k_center", seed=0)
