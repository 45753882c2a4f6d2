"""Asking a strategy once, before anything depends on it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from labeling.selection import strategies
from labeling.selection.pool import FindingOutput
from labeling.services.selection import StrategyFailed, strategy_try

ONE, TWO = (
    (FindingOutput("effusion"),),
    (FindingOutput("effusion"), FindingOutput("grade", "categorical", ("I", "II", "III"))),
)
DOTTED = ("modAL.uncertainty:margin_sampling", "skactiveml.pool:MaxHerding", "skactiveml.pool:Badge")


@pytest.mark.parametrize("name", [*strategies.names(), *DOTTED])
def test_what_can_be_asked_passes(name: str) -> None:
    strategy_try(name, ONE)


def test_what_takes_one_finding_fails_with_two() -> None:
    strategy_try("skactiveml.pool:MaxHerding", TWO[1:])
    with pytest.raises(StrategyFailed, match="one finding"):
        strategy_try("skactiveml.pool:MaxHerding", TWO)


@pytest.mark.parametrize("name", ["nonsense", "os:system"])
def test_what_is_none_is_not_tried(name: str) -> None:
    with pytest.raises(ValidationError):
        strategy_try(name, ONE)
