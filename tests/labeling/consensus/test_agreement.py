import pytest

from labeling.consensus.agreement import cohen_kappa


def test_cohens_kappa_by_hand():
    """Fifty images, both present 20, both absent 15: observed 0.7, chance 0.5, kappa 0.4."""
    first = [1] * 25 + [0] * 25
    second = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    agreement = cohen_kappa(first, second)
    assert (agreement.images, agreement.observed, agreement.kappa) == (50, 0.7, pytest.approx(0.4))


def test_weights_forgive_a_near_miss():
    first, near, far = [0, 0, 0.5, 1, 1, 0], [0, 0.5, 0.5, 1, 1, 0], [0, 1, 0.5, 1, 1, 0]
    plain = cohen_kappa(first, near).kappa, cohen_kappa(first, far).kappa
    weighted = cohen_kappa(first, near, weights="quadratic").kappa, cohen_kappa(first, far, weights="quadratic").kappa
    assert weighted[0] > plain[0]
    assert weighted[0] > weighted[1]


def test_images_one_reader_left_out_do_not_count():
    assert cohen_kappa([1, None, 0, 0], [1, 1, None, 0]) == cohen_kappa([1, 0], [1, 0])


def test_one_answer_throughout_has_no_kappa():
    assert cohen_kappa([0, 0], [0, 0]).kappa is None
    assert cohen_kappa([], []).observed is None


def test_options_by_name():
    assert cohen_kappa(["PA", "AP"], ["PA", "AP"], states=("PA", "AP")).kappa == 1


def test_an_answer_that_is_no_state_is_refused():
    with pytest.raises(ValueError):
        cohen_kappa([0.3], [1])
