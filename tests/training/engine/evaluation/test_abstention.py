"""What a model leaves unanswered is counted among the images with a finding, and held against a limit."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.engine.evaluation.gate import judge
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels
from training.engine.evaluation.report import GateReport

IMAGES = 400
POSITIVES = 100


def reference() -> ReferenceLabels:
    labels = np.zeros((IMAGES, 1))
    labels[:POSITIVES] = 1
    return ReferenceLabels(("effusion",), labels, np.arange(IMAGES), {"sex": ["F", "M"] * (IMAGES // 2)})


def scores() -> NDArray[np.float64]:
    draws = np.random.default_rng(0)
    labels = reference().labels
    return np.clip(0.25 + 0.5 * labels + draws.normal(0, 0.15, labels.shape), 0.001, 0.999)


def report(refused: slice, **policy: float) -> GateReport:
    challenger = scores()
    challenger[refused] = np.nan
    return judge(GatePolicy(resamples=100, calibration_limit=1.0, **policy), reference(), scores(), challenger)


def test_a_model_that_answers_all_has_no_such_check() -> None:
    judged = report(slice(0, 0))
    assert judged.abstained == 0 and "abstention" not in {check.name for check in judged.checks}


@pytest.mark.parametrize(("refused", "passed"), [(4, True), (5, True), (6, False), (50, False)])
def test_the_share_of_images_with_a_finding_is_held_against_the_limit(refused: int, passed: bool) -> None:
    judged = report(slice(0, refused))
    (check,) = [check for check in judged.checks if check.name == "abstention"]
    assert check.passed is passed and check.value == pytest.approx(refused / POSITIVES)
    assert judged.passed is passed and judged.abstained == refused


def test_normal_images_left_out_do_not_count_there() -> None:
    judged = report(slice(POSITIVES, POSITIVES + 100))
    (check,) = [check for check in judged.checks if check.name == "abstention"]
    assert check.value == 0 and judged.abstained == 100


def test_the_models_are_compared_on_what_both_answer() -> None:
    judged = report(slice(0, 40), abstention_limit=1.0)
    (row,) = judged.figures
    assert row.positives == POSITIVES - 40
    assert judged.images == IMAGES


def test_what_the_champion_leaves_out_is_no_fault_of_the_challenger() -> None:
    champion = scores()
    champion[:50] = np.nan
    judged = judge(GatePolicy(resamples=100, calibration_limit=1.0), reference(), champion, scores())
    assert judged.abstained == 0 and judged.figures[0].positives == 50


def test_a_model_that_answers_nothing_is_not_passed() -> None:
    judged = report(slice(0, IMAGES))
    assert not judged.passed and judged.abstained == IMAGES
