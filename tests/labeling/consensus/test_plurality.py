from labeling.consensus.plurality import plurality


def test_most_votes_win_without_a_majority():
    consensus = plurality(["naevus", "melanoma", "naevus", "keratosis", "other"])
    assert (consensus.label, consensus.agreement, consensus.adjudicate) == ("naevus", 0.4, False)


def test_a_tie_is_unknown_and_to_be_adjudicated():
    consensus = plurality(["naevus", "melanoma", None])
    assert (consensus.label, consensus.adjudicate) == (None, True)
    assert consensus.agreement == 0.5


def test_no_votes():
    assert (plurality([None]).label, plurality([]).agreement, plurality([]).adjudicate) == (None, None, False)
