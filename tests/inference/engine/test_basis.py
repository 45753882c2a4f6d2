"""What a calibration and a threshold rest on is counted, and kept in the card."""

import json

import numpy as np
import pytest

from inference.engine import calibration, thresholds
from inference.engine.basis import ENOUGH, Basis, basis_of
from inference.engine.bundle import Card
from inference.engine.digest import ArtifactError


def basis(layout, effusion, view=(), age=()):
    """The basis of three outputs, from the labels of each."""
    labels = np.full((60, 3), np.nan)
    for column, known in enumerate((effusion, view, age)):
        labels[: len(known), column] = known
    return basis_of(labels, np.ones(labels.shape), layout)


@pytest.mark.parametrize(
    ("positives", "negatives", "said"),
    [
        (0, 0, Basis(0, 0, "none", "default")),
        (0, 30, Basis(30, 0, "none", "default")),
        (30, 0, Basis(30, 30, "none", "default")),
        (1, 30, Basis(31, 1, "few", "chosen")),
        (ENOUGH - 1, 30, Basis(ENOUGH + 29, ENOUGH - 1, "few", "chosen")),
        (ENOUGH, ENOUGH, Basis(2 * ENOUGH, ENOUGH, "fitted", "chosen")),
    ],
)
def test_a_binary_finding_counts_both_classes(layout, positives, negatives, said):
    assert basis(layout, [1] * positives + [0] * negatives)["effusion"] == said


def test_options_count_the_rarest_that_occurs(layout):
    assert basis(layout, [], [0] * 20 + [2] * 12)["view"] == Basis(32, None, "fitted", None)
    assert basis(layout, [], [0] * 20 + [2] * 3)["view"] == Basis(23, None, "few", None)
    assert basis(layout, [], [1] * 20)["view"] == Basis(20, None, "none", None)


def test_a_measurement_is_not_calibrated(layout):
    assert basis(layout, [], [], [3.5, 4.5])["bone age"] == Basis(2, None, None, None)


def test_what_weighs_nothing_is_not_counted(layout):
    weights = np.zeros((60, 3))
    assert basis_of(np.ones((60, 3)), weights, layout)["effusion"] == Basis(0, 0, "none", "default")


@pytest.mark.parametrize("effusion", [[], [0] * 9, [1] * 9, [0, 1], [0.5, 1], [0.5, 0.5], [0, 0, 1, 0.5]])
def test_it_says_none_exactly_where_nothing_is_fitted(layout, effusion):
    labels = np.full((60, 3), np.nan)
    labels[: len(effusion), 0] = effusion
    weights, logits = np.ones(labels.shape), np.random.default_rng(0).normal(3, 1, (60, 5))
    said = basis_of(labels, weights, layout)["effusion"]
    line = calibration.fit(logits, labels, weights, layout)[0]
    assert (said.calibration == "none") == (line == calibration.Calibration())
    chosen = thresholds.choose(np.full((60, 5), 0.2), labels, weights, layout)["effusion"]
    assert (said.threshold == "default") == (chosen == thresholds.FALLBACK)


def test_the_card_keeps_it(altered):
    card = altered(basis={"effusion": Basis(31, 1, "few", "chosen")}).card
    assert Card.from_json(card.to_json()) == card


def test_a_card_from_before_keeps_its_bytes_and_says_nothing(bundle):
    assert "basis" not in json.loads(bundle.card.to_json())
    assert Card.from_json(bundle.card.to_json()).basis == {}


@pytest.mark.parametrize("basis", [{"other": {}}, {"effusion": {"cases": 1}}, 3])
def test_a_basis_it_could_not_have_written_is_refused(bundle, basis):
    data = json.dumps(json.loads(bundle.card.to_json()) | {"basis": basis}).encode()
    with pytest.raises(ArtifactError, match="unreadable"):
        Card.from_json(data)
