import numpy as np

from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.power import ReferenceSize, gate_power, pass_rate

SIZE = ReferenceSize(images=300, positives={"effusion": 90, "nodule": 80}, correlation=0.95)


def test_better_challengers_pass_and_worse_ones_do_not():
    power = gate_power(GatePolicy(), SIZE, trials=30)
    assert power.worse.value <= 0.2
    assert power.one_worse.value <= 0.2
    assert power.equal.value >= 0.7
    assert power.better.value >= power.equal.value


def test_superiority_is_harder():
    equal = np.zeros(2)
    assert pass_rate(GatePolicy(primary="superiority"), SIZE, equal, trials=30, seed=0).value <= 0.2


def test_a_small_reference_set_has_less_power():
    small = ReferenceSize(images=100, positives={"effusion": 30, "nodule": 30}, correlation=0.8)
    assert pass_rate(GatePolicy(), small, np.zeros(2), trials=20, seed=0).value < 0.5


def test_the_same_seed_gives_the_same_rate():
    rates = [pass_rate(GatePolicy(), SIZE, np.zeros(2) + 0.02, trials=10, seed=3) for _ in range(2)]
    assert rates[0] == rates[1]
