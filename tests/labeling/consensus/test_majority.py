import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.consensus.majority import majority

ANSWERS = st.lists(st.sampled_from([0, 0.5, 1, None]), max_size=9)


@pytest.mark.parametrize(
    ("answers", "label", "adjudicate"),
    [
        ([1], 1, False),
        ([1, 1, 0], 1, False),
        ([0.5, 0.5, 1], 0.5, False),
        ([None, 0, None], 0, False),
        ([0, 1], 0.5, True),
        ([0, 0.5, 1], 0.5, True),
        ([0, 0, 0.5, 1], 0.5, True),
        ([0.5, 1], 0.5, True),
    ],
)
def test_label(answers, label, adjudicate):
    consensus = majority(answers)
    assert (consensus.label, consensus.adjudicate, consensus.method) == (label, adjudicate, "majority")


@pytest.mark.parametrize("answers", [[], [None], [None, None]])
def test_nobody_could_say_is_unknown_not_uncertain(answers):
    consensus = majority(answers)
    assert (consensus.label, consensus.agreement, consensus.adjudicate) == (None, None, False)


def test_agreement_is_the_largest_share_of_the_votes():
    assert majority([1, None, 0, 1, 0.5, 1]).agreement == 0.6


@given(ANSWERS)
def test_the_order_of_readers_does_not_matter(answers):
    one, other = majority(answers), majority(answers[::-1])
    assert (one.label, one.agreement) == (other.label, other.agreement)


@given(ANSWERS)
def test_absent_and_present_are_treated_alike(answers):
    one = majority(answers)
    other = majority([None if answer is None else 1 - answer for answer in answers])
    assert other.label == (None if one.label is None else 1 - one.label)
    assert one.agreement == other.agreement


@pytest.mark.parametrize("answer", [0.3, 2, float("nan")])
def test_another_answer_is_refused(answer):
    with pytest.raises(ValueError, match="0, 0.5 or 1"):
        majority([1, answer])
