"""Choosing in parts gives what choosing from the whole gives, however it is cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from labeling.selection import herding, sharded
from labeling.selection.arms import Line, Pick, compose
from labeling.selection.pool import Output, Pool
from labeling.selection.sharded import DIVISIBLE, SCORED, handed_up

LAYOUT = (Output("effusion"), Output("grade", "categorical", ("I", "II")))
ROWS, LABELLED = 300, 12


@pytest.fixture(autouse=True)
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Herding draws its candidates and references, as it does of a million rows."""
    for module in (herding, sharded):
        monkeypatch.setattr(module, "CANDIDATES", 150)
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


def subset(pool: Pool, rows: NDArray[np.int64]) -> Pool:
    """These rows of a pool and its labelled ones."""
    kept = np.append(rows, pool.known)
    return replace(
        pool,
        outputs=pool.outputs[kept],
        excluded=pool.excluded[kept],
        embeddings=pool.embeddings[kept],
        labelled=np.arange(len(rows), len(kept)),
        ids=kept,
    )


def patients(images: int) -> NDArray[np.int64]:
    """Of some patients a few images, scattered over the parts, of one of them very many."""
    return np.where(np.arange(ROWS) % 3 == 0, 0, np.random.default_rng(1).integers(0, ROWS // images, ROWS))


Asked = dict[str, Any]


def of_the_whole(pool: Pool, asked: Asked) -> tuple[Pick, ...]:
    return compose(pool, **asked)


def of_parts(pool: Pool, ends: list[int], asked: Asked) -> tuple[Pick, ...]:
    """Handed up part by part, composed of that, the audit drawn from all."""
    keys, owners = ("n", "strategy", "patient_cap", "seed", "waiting"), asked["patient_ids"]
    handed = []
    for rows in np.split(np.arange(ROWS - LABELLED), sorted(ends)):
        part = subset(pool, rows)
        said = handed_up(
            part, **{key: asked[key] for key in keys}, patient_ids=owners[part.ids], quotas=asked["quotas"]
        )
        handed.append(part.ids[said])
    rows = np.concatenate(handed)
    small = subset(pool, rows)
    minutes = asked["minutes"]
    return compose(small, **asked | {"drawable": pool.open, "minutes": None if minutes is None else minutes[small.ids]})


@pytest.fixture
def asked() -> Asked:
    """A batch of twenty with every constraint but reading time."""
    return {
        "n": 20,
        "shares": {"exploit": 0.6, "audit": 0.2, "gold": 0.2},
        "patient_ids": patients(4),
        "patient_cap": 2,
        "seed": 7,
        "lines": {"gold": Line(np.array([0, 1, 2, 500]))},
        "quotas": {"grade": 0.4},
        "minutes": None,
        "waiting": np.array([1, 1, 2, 500]),
    }


@pytest.mark.parametrize("ends", [[], [100], [10, 20, 250]])
@pytest.mark.parametrize("strategy", DIVISIBLE)
def test_parts_choose_what_the_whole_chooses(strategy: str, ends: list[int], asked: Asked) -> None:
    asked["strategy"] = strategy
    assert of_parts(whole(), ends, asked) == of_the_whole(whole(), asked)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    strategy=st.sampled_from(["margin", "random", "uherding"]),
    ends=st.lists(st.integers(1, ROWS - LABELLED - 1), min_size=1, max_size=4, unique=True),
    cap=st.sampled_from([None, 1, 3]),
    images=st.integers(1, 12),
    seed=st.integers(0, 2**62),
)
def test_however_it_is_cut(
    strategy: str, ends: list[int], cap: int | None, images: int, seed: int, asked: Asked
) -> None:
    given = {"strategy": strategy, "patient_cap": cap, "patient_ids": patients(images), "seed": seed, "n": 9}
    assert of_parts(whole(seed % 5), ends, asked | given) == of_the_whole(whole(seed % 5), asked | given)


@pytest.mark.parametrize("strategy", SCORED)
def test_where_one_patient_has_nearly_all_images(strategy: str, asked: Asked) -> None:
    asked |= {
        "strategy": strategy,
        "patient_cap": 1,
        "patient_ids": np.where(np.arange(ROWS) % 12 > 0, 0, np.arange(ROWS)),
    }
    picks = of_the_whole(whole(), asked)
    assert len(picks) == 20 and of_parts(whole(), [40, 200], asked) == picks


@pytest.mark.parametrize("strategy", ["margin", "uherding"])
def test_where_reading_time_counts_too(strategy: str, asked: Asked) -> None:
    asked |= {"strategy": strategy, "minutes": np.random.default_rng(2).uniform(1, 5, ROWS)}
    assert of_parts(whole(), [40, 200], asked) == of_the_whole(whole(), asked)


def test_without_a_model_parts_herd_what_the_whole_herds(asked: Asked) -> None:
    asked["strategy"] = "uherding"
    assert of_parts(whole(layout=()), [50, 200], asked) == of_the_whole(whole(layout=()), asked)


def test_where_all_but_one_may_be_chosen(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed up is told from a whole of which every row may be chosen."""
    for seed in range(20):
        pool = whole(seed)
        for module in (herding, sharded):
            monkeypatch.setattr(module, "CANDIDATES", pool.available - 1)
        asked |= {"strategy": "uherding", "seed": seed, "shares": {"exploit": 1.0}, "quotas": {}}
        assert of_parts(pool, [], asked) == of_the_whole(pool, asked)


def test_what_is_handed_up_does_not_grow_with_the_part() -> None:
    part = replace(whole(), ids=np.arange(ROWS))
    given = {"patient_ids": np.arange(ROWS), "patient_cap": 1, "seed": 0}
    assert len(handed_up(part, n=5, strategy="margin", **given)) == 15
    assert len(handed_up(part, n=5, strategy="uherding", **given)) <= 75 + 151 + 40
    assert len(handed_up(part, n=5, strategy="margin", quotas=["grade"], **given)) <= 15 + 10


def test_a_strategy_that_looks_at_all_rows_is_refused() -> None:
    part = replace(whole(), ids=np.arange(ROWS))
    with pytest.raises(ValueError, match="k_center cannot choose in parts"):
        handed_up(part, n=5, strategy="k_center", patient_ids=np.arange(ROWS), patient_cap=None, seed=0)
