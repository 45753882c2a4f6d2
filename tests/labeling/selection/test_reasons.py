import pytest

from labeling.selection.draw import Pick
from labeling.selection.pool import FindingOutput
from labeling.selection.reasons import quotes_model, reason

EFFUSION, NODULE = FindingOutput("effusion"), FindingOutput("nodule")
LESION = FindingOutput("lesion", "categorical", options=("naevus", "melanoma", "keratosis"))
AGE = FindingOutput("bone age", "measurement", scale=6.0, unit="months")


def exploit(strategy="margin"):
    return Pick(row=0, arm="exploit", strategy=strategy, score=0.04, probability=None)


def test_the_least_certain_finding_is_named_with_its_threshold():
    said = reason(exploit(), (NODULE, EFFUSION), [0.03, 0.48], {"effusion": 0.5, "nodule": 0.2})
    assert said == "Model unsure on effusion 0.48, threshold 0.50"


def test_a_finding_without_a_threshold():
    assert reason(exploit("mean_margin"), (EFFUSION,), [0.48]) == "Model unsure on effusion 0.48"


def test_a_model_that_is_sure_of_everything_is_not_called_unsure():
    assert reason(exploit(), (EFFUSION, NODULE), [0.02, 0.1]) == "Model least sure of nodule 0.10"


def test_categorical_names_the_two_options():
    said = reason(exploit(), (EFFUSION, LESION), [0.99, 0.1, 0.44, 0.46])
    assert said == "Model unsure on lesion: keratosis 0.46, melanoma 0.44"


def test_measurement_has_its_unit():
    assert reason(exploit(), (AGE,), [14.2]) == "Model unsure on bone age, give or take 14.2 months"


@pytest.mark.parametrize(
    ("pick", "said"),
    [(Pick(0, "audit", "random", 0, 0.01), "Control case"), (exploit("random"), "Drawn at random")],
)
def test_what_is_random_says_nothing_of_the_model(pick, said):
    assert reason(pick, (EFFUSION,), [0.48], {"effusion": 0.5}) == said


@pytest.mark.parametrize(
    ("said", "quotes"),
    [
        ("", False),
        ("Control case", False),
        ("Drawn at random: no model yet", False),
        ("Two first reads differ on nodule", False),
        ("Model unsure on nodule 0.56, threshold 0.36", True),
        ("So that nodule is seen often enough: nodule 0.31", True),
        ("Second look: the answer and the model's view of similar images differ on nodule", True),
        ("Some sentence of tomorrow", True),
    ],
)
def test_only_sentences_known_to_be_silent_quote_no_model(said, quotes):
    assert quotes_model(said) == quotes
