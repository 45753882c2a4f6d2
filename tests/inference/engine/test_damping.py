"""The prior of a calibration: it helps where cases are few, and is not felt where they are many."""

import numpy as np
import pytest

from inference.engine import calibration
from inference.engine.probability import sigmoid, softmax

# True slope and offset, and the mean logit: right, too bold, too timid, shifted, rare.
WORLDS = [
    (1, 0, 0),
    (0.5, 0, 0),
    (0.3, 0, 0),
    (1.5, 0, 0),
    (2.5, 0, 0),
    (0.5, -1, 0),
    (1, -2.3, 0),
    (1, 0, -2),
    (0.5, -1, -2),
]
SLOPES = [0.3, 0.5, 1, 2]


@pytest.fixture
def undamped(monkeypatch):
    """Fit without the prior."""

    def fit(function, *cases):
        with monkeypatch.context() as patch:
            patch.setattr(calibration, "LOG_SLOPE", np.inf)
            patch.setattr(calibration, "OFFSET", np.inf)
            return function(*cases)

    return fit


def binary_loss(line, world, seed):
    """The expected log loss of a calibration on new cases of its world."""
    slope, offset, mean = world
    logits = np.random.default_rng([seed, 1]).normal(mean, 2, 4000)
    truth = sigmoid(slope * logits + offset)
    scores = line.slope * logits + line.offset
    return float((np.logaddexp(0, scores) - truth * scores).mean())


def binary_cases(world, count, seed):
    """Logits, labels and weights; None where only one class came."""
    slope, offset, mean = world
    rng = np.random.default_rng([seed, 0])
    logits = rng.normal(mean, 2, count)
    labels = (rng.random(count) < sigmoid(slope * logits + offset)).astype(float)
    return None if labels.min() == labels.max() else (logits, labels, np.ones(count))


def binary_losses(undamped, world, count, seeds):
    """Mean log loss with the prior and without it, over so many draws."""
    losses = []
    for seed in range(seeds):
        cases = binary_cases(world, count, seed)
        if cases:
            lines = calibration.platt(*cases), undamped(calibration.platt, *cases)
            losses.append([binary_loss(line, world, seed) for line in lines])
    return np.mean(losses, axis=0)


def options_losses(undamped, slope, count, seeds):
    """The same of a temperature over three options."""
    losses = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, 2])
        logits = rng.normal(0, 2, (count + 2000, 3))
        truth = softmax(slope * logits)
        options = (slope * logits + rng.gumbel(size=logits.shape)).argmax(1)
        cases = logits[:count], options[:count], np.ones(count)
        lines = calibration.temperature(*cases), undamped(calibration.temperature, *cases)
        said = [np.log(softmax(line.slope * logits[count:])) for line in lines]
        losses.append([float(-(truth[count:] * each).sum(1).mean()) for each in said])
    return np.mean(losses, axis=0)


@pytest.mark.parametrize("world", WORLDS)
def test_with_ten_cases_it_is_no_worse_in_any_world(undamped, world):
    damped, plain = binary_losses(undamped, world, 10, 60)
    assert damped <= plain


@pytest.mark.parametrize("world", WORLDS)
def test_with_a_thousand_it_is_not_felt(undamped, world):
    damped, plain = binary_losses(undamped, world, 1000, 3)
    assert damped == pytest.approx(plain, rel=0.01)


@pytest.mark.parametrize("slope", SLOPES)
def test_so_it_is_for_a_temperature(undamped, slope):
    damped, plain = options_losses(undamped, slope, 10, 60)
    assert damped <= plain
    damped, plain = options_losses(undamped, slope, 1000, 3)
    assert damped == pytest.approx(plain, rel=0.01)


def test_two_cases_move_a_calibration_little(undamped):
    cases = np.array([-4.0, 4.0]), np.array([1.0, 0.0]), np.ones(2)  # both answers wrong
    plain, damped = undamped(calibration.platt, *cases), calibration.platt(*cases)
    assert plain.slope < 0.03 < 0.1 < damped.slope < 1
    options = np.array([[0.0, 4.0, 0.0], [0.0, 0.0, 4.0]]), np.array([1, 2]), np.ones(2)  # both right
    assert undamped(calibration.temperature, *options).slope > 3 > 2 > calibration.temperature(*options).slope >= 1
