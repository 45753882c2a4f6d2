import json
from dataclasses import replace

import numpy as np
import pytest

from training.engine.evaluation.gate import judge
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels

POLICY = GatePolicy(resamples=200)


def checks(verdict, name):
    return [check for check in verdict.checks if check.name == name]


def test_a_better_challenger_passes(gate_case):
    verdict = judge(POLICY, *gate_case(challenger=0.90))
    assert verdict.passed
    assert [check.name for check in verdict.checks] == ["primary"] + 2 * ["auroc"] + 2 * ["precision"] + 2 * [
        "calibration"
    ]
    assert checks(verdict, "primary")[0].value > 0


def test_a_worse_challenger_does_not(gate_case):
    verdict = judge(POLICY, *gate_case(challenger=0.75))
    assert not verdict.passed
    primary = checks(verdict, "primary")[0]
    assert (primary.passed, primary.blocks, primary.limit) == (False, True, 0.02)
    assert primary.sentence.endswith("a drop of 0.020 is not ruled out.")


def test_the_same_model_again_is_not_inferior_and_not_superior(gate_case):
    reference, champion, _ = gate_case()
    assert judge(POLICY, reference, champion, champion).passed
    again = judge(replace(POLICY, primary="superiority"), reference, champion, champion)
    assert not again.passed
    assert checks(again, "primary")[0].sentence.endswith("not shown to be better.")


def test_superiority_is_shown_by_a_lower_limit_above_nothing(gate_case):
    verdict = judge(replace(POLICY, primary="superiority"), *gate_case(challenger=0.92))
    assert verdict.passed
    assert checks(verdict, "primary")[0].low > 0


def test_one_finding_that_drops_blocks_in_spite_of_the_mean(gate_case):
    reference, champion, challenger = gate_case(challenger=0.95)
    challenger[:, 1] = champion[:, 1] + np.random.default_rng(0).normal(0, 0.15, 500)
    verdict = judge(POLICY, reference, champion, np.clip(challenger, 0, 1))
    assert checks(verdict, "primary")[0].passed
    assert [(check.finding, check.passed) for check in checks(verdict, "auroc")] == [
        ("effusion", True),
        ("nodule", False),
    ]
    assert not verdict.passed


def test_too_few_says_so_and_does_not_block(gate_case):
    verdict = judge(POLICY, *gate_case(positives=(100, 12), challenger=0.90))
    check = checks(verdict, "auroc")[1]
    assert (check.passed, check.blocks, check.value) == (None, False, None)
    assert check.sentence == (
        "Nodule: 12 positive and 488 negative patients, 30 positive and 30 negative needed. Too few to say."
    )
    assert [check.finding for check in checks(verdict, "precision")] == ["effusion"]
    assert checks(verdict, "primary")[0].sentence.startswith("Macro AUROC over 1 of 2 findings")
    assert verdict.passed
    assert verdict.sentence == "Gate passed: 4 of 5 checks met, none blocking, 1 too few to say"


def test_too_few_blocks_where_the_policy_says_so(gate_case):
    policy = replace(POLICY, too_few_blocks=True)
    assert not judge(policy, *gate_case(positives=(100, 12), challenger=0.90)).passed


def test_nothing_to_judge_blocks(gate_case):
    verdict = judge(POLICY, *gate_case(positives=(10, 12), images=40))
    primary = checks(verdict, "primary")[0]
    assert (primary.passed, primary.blocks, verdict.passed) == (None, True, False)
    assert "Too few to say" in primary.sentence


def test_three_images_are_too_few():
    reference = ReferenceLabels(("effusion",), np.array([[1.0], [0.0], [np.nan]]), np.arange(3))
    verdict = judge(POLICY, reference, None, [[0.9], [0.1], [0.5]])
    assert not verdict.passed
    assert json.dumps(verdict.to_dict(), allow_nan=False)


def test_counts_are_of_patients_not_of_images(gate_case):
    verdict = judge(POLICY, *gate_case(patients=np.arange(500) % 20))
    assert verdict.patients == 20
    assert checks(verdict, "primary")[0].passed is None


def test_a_badly_calibrated_challenger_blocks(gate_case):
    reference, champion, challenger = gate_case(challenger=0.90)
    verdict = judge(POLICY, reference, champion, challenger**0.2)
    assert [check.passed for check in checks(verdict, "auroc")] == [True, True]
    assert [check.blocks for check in checks(verdict, "calibration")] == [True, True]
    assert "above the limit of 0.100" in checks(verdict, "calibration")[0].sentence


def test_a_group_that_drops_blocks(gate_case):
    view = np.where(np.arange(1000) % 2, "AP", "PA")
    reference, champion, challenger = gate_case((300, 300), 1000, challenger=0.90, subgroups={"view": view})
    challenger[view == "AP"] = np.random.default_rng(0).random((500, 2))
    verdict = judge(POLICY, reference, champion, challenger)
    assert [(check.group, check.passed) for check in checks(verdict, "subgroup")] == [
        ("view AP", False),
        ("view PA", True),
    ]


def test_a_small_group_is_too_few_and_an_unknown_one_is_none(gate_case):
    sex = np.array(["F"] * 480 + ["M"] * 10 + [None] * 10, dtype=object)
    verdict = judge(POLICY, *gate_case(challenger=0.90, subgroups={"sex": sex}))
    assert [(check.group, check.passed) for check in checks(verdict, "subgroup")] == [("sex F", True), ("sex M", None)]
    assert verdict.passed


def test_a_first_model_is_held_against_the_minima(gate_case):
    reference, _, first = gate_case(challenger=0.85)
    verdict = judge(POLICY, reference, None, first)
    assert verdict.passed
    assert [check.name for check in verdict.checks] == ["primary"] + 2 * ["auroc"] + 2 * ["calibration"]
    assert checks(verdict, "primary")[0].limit == 0.70
    assert "lower limit reaches 0.700" in checks(verdict, "primary")[0].sentence


def test_a_first_model_below_the_minima_is_refused(gate_case):
    reference, _, first = gate_case(challenger=0.69)
    assert not judge(POLICY, reference, None, first).passed
    assert judge(replace(POLICY, minimum_macro=0.60), reference, None, first).passed


def test_a_first_model_in_a_group(gate_case):
    view = np.where(np.arange(500) % 2, "AP", "PA")
    reference, _, first = gate_case(challenger=0.9, subgroups={"view": view})
    first[view == "AP"] = np.random.default_rng(0).random((250, 2))
    groups = checks(judge(POLICY, reference, None, first), "subgroup")
    assert [(check.group, check.passed) for check in groups] == [("view AP", False), ("view PA", True)]


def test_the_same_verdict_every_time(gate_case):
    case = gate_case()
    assert judge(POLICY, *case) == judge(POLICY, *case)


def test_unknown_labels_are_left_out(gate_case):
    reference, champion, challenger = gate_case(challenger=0.9)
    unknown = np.random.default_rng(0).random((500, 2)) < 0.2
    verdict = judge(
        POLICY, replace(reference, labels=np.where(unknown, np.nan, reference.labels)), champion, challenger
    )
    assert verdict.figures[0].positives + verdict.figures[0].negatives == 500 - unknown[:, 0].sum()


def test_the_table_of_figures(gate_case):
    verdict = judge(POLICY, *gate_case(challenger=0.9))
    figure = verdict.figures[0]
    assert (figure.finding, figure.positives, figure.negatives) == ("effusion", 100, 400)
    assert figure.champion.low < figure.champion.value < figure.champion.high
    assert figure.challenger.value > figure.champion.value


def test_it_goes_through_json(gate_case):
    verdict = judge(POLICY, *gate_case(positives=(100, 12)))
    plain = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
    assert plain["passed"] == verdict.passed
    assert plain["sentence"] == verdict.sentence
    assert plain["checks"][2]["value"] is None
    assert GatePolicy(**plain["policy"]) == POLICY


def partly_unknown():
    """A row of which one finding is NaN: no model abstains from a finding alone."""
    scores = np.full((500, 2), 0.5)
    scores[0, 0] = np.nan
    return scores


@pytest.mark.parametrize("scores", [np.zeros((500, 3)), np.zeros((499, 2)), partly_unknown()])
def test_scores_that_do_not_fit_are_refused(gate_case, scores):
    reference, champion, _ = gate_case()
    with pytest.raises(ValueError):
        judge(POLICY, reference, champion, scores)


@pytest.mark.parametrize(
    "parts", [{"patients": np.arange(3)}, {"labels": np.zeros((4, 2))}, {"subgroups": {"sex": ["F"]}}]
)
def test_a_reference_set_that_does_not_fit_is_refused(parts):
    whole = {"findings": ("effusion",), "labels": np.zeros((4, 1)), "patients": np.arange(4)}
    with pytest.raises(ValueError):
        ReferenceLabels(**{**whole, **parts})


@pytest.mark.parametrize(
    "parts",
    [{"primary": "hope"}, {"finding_margin": 5}, {"confidence": 1.0}, {"minimum_positives": 1}, {"resamples": 10}],
)
def test_a_policy_out_of_range_is_refused(parts):
    with pytest.raises(ValueError):
        GatePolicy(**parts)


def test_a_finding_the_champion_does_not_answer_is_held_against_a_first_models_minimum(gate_case):
    reference, champion, challenger = gate_case(challenger=0.9)
    champion[:, 1] = np.nan
    verdict = judge(POLICY, reference, champion, challenger)
    minima = {check.finding: check.limit for check in checks(verdict, "auroc")}
    assert minima == {"effusion": POLICY.finding_margin, "nodule": POLICY.minimum_finding}
    assert verdict.passed and [figure.champion is None for figure in verdict.figures] == [False, True]


def test_a_poor_answer_to_a_new_finding_keeps_the_gate_shut(gate_case):
    reference, champion, challenger = gate_case(challenger=0.9)
    champion[:, 1], challenger[:, 1] = np.nan, np.random.default_rng(0).random(500)
    verdict = judge(POLICY, reference, champion, challenger)
    assert not verdict.passed and checks(verdict, "primary")[0].passed
