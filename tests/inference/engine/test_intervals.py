"""Intervals around measurements keep what they promise."""

import json

import numpy as np
import pytest

from inference.engine.bundle import Card
from inference.engine.digest import ArtifactError
from inference.engine.intervals import PredictionInterval, fit, half_width

INTERVAL = PredictionInterval(half=8.0, coverage=0.9, cases=120, lowest=0.0, highest=228.0)


def skewed(rng, count):
    """Residuals as a model has them: many small ones, a heavy tail."""
    return np.abs(rng.standard_t(3, count) * 6)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("cases", [30, 200])
def test_it_covers_new_cases_as_often_as_it_says(coverage, cases):
    rng = np.random.default_rng(0)
    held = [np.mean(skewed(rng, 500) <= half_width(skewed(rng, cases), coverage)) for _ in range(400)]
    assert coverage - 0.01 <= np.mean(held) <= coverage + 1 / (cases + 1) + 0.01


@pytest.mark.parametrize(("cases", "has"), [(0, False), (8, False), (9, True)])
def test_too_few_cases_have_no_interval(cases, has):
    assert (half_width(np.arange(cases, dtype=float), 0.9) is not None) == has


def test_only_measurements_have_one_and_only_from_known_labels(layout):
    answers, labels, weights = np.zeros((40, 5)), np.zeros((40, 3)), np.ones((40, 3))
    labels[:, 2] = np.arange(40)
    labels[30:35, 2], weights[35:, 2] = np.nan, 0
    found = fit(answers, labels, weights, layout, coverage=0.9)
    assert found == {"bone age": PredictionInterval(27.0, 0.9, 30, 0.0, 29.0)}


def test_a_card_keeps_its_intervals(altered):
    card = altered(intervals={"bone age": INTERVAL}).card
    assert Card.from_json(card.to_json()) == card


def test_a_card_without_intervals_is_written_as_before(bundle):
    assert "intervals" not in json.loads(bundle.card.to_json())


@pytest.mark.parametrize(
    "row", [{"half": -1.0}, {"half": None}, {"coverage": 1.0}, {"width": 3.0}, {"lowest": float("inf")}]
)
def test_an_interval_no_fit_gives_is_refused(altered, row):
    fields = json.loads(altered(intervals={"bone age": INTERVAL}).card.to_json())
    fields["intervals"]["bone age"] |= row
    with pytest.raises(ArtifactError, match="unreadable"):
        Card.from_json(json.dumps(fields).encode())


def test_only_a_measurement_has_an_interval(altered):
    with pytest.raises(ValueError, match="Only a measurement"):
        altered(intervals={"effusion": INTERVAL})
