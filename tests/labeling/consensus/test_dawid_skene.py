import numpy as np
import pytest

from labeling.consensus.dawid_skene import dawid_skene
from labeling.consensus.majority import majority

STATES = np.array([0.0, 0.5, 1.0])
GOOD = np.array([[0.92, 0.05, 0.03], [0.15, 0.70, 0.15], [0.03, 0.05, 0.92]])
POOR = np.array([[0.45, 0.30, 0.25], [0.33, 0.34, 0.33], [0.25, 0.30, 0.45]])


def simulate(readers, images=600, prevalence=(0.6, 0.1, 0.3), answered=1.0, seed=0):
    """True states (N,), and the answers (N, R) of readers with known confusions."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, images, p=prevalence)
    answers = np.array([[rng.choice(3, p=reader[state]) for reader in readers] for state in truth])
    return STATES[truth], np.where(rng.random(answers.shape) < answered, STATES[answers], np.nan)


def test_it_finds_who_is_good():
    _, answers = simulate([GOOD, GOOD, POOR, POOR, POOR])
    assert np.abs(dawid_skene(answers).confusion - [GOOD, GOOD, POOR, POOR, POOR]).mean() < 0.05


def test_it_beats_majority_where_most_readers_are_poor():
    truth, answers = simulate([GOOD, GOOD, POOR, POOR, POOR])
    by_majority = np.array([majority(row).label for row in answers.tolist()])
    assert (dawid_skene(answers).labels == truth).mean() > (by_majority == truth).mean() + 0.1


def test_prevalence_is_recovered():
    _, answers = simulate([GOOD] * 4, images=2000)
    assert dawid_skene(answers).prevalence == pytest.approx([0.6, 0.1, 0.3], abs=0.04)


def test_the_evidence_never_falls():
    _, answers = simulate([GOOD, POOR, POOR], images=200, answered=0.6)
    fitted = dawid_skene(answers, tolerance=1e-9)
    assert fitted.converged
    assert (np.diff(fitted.evidence) > -1e-9).all()


def test_posterior_is_a_distribution_and_soft_its_mean():
    _, answers = simulate([GOOD, POOR], images=50)
    fitted = dawid_skene(answers)
    assert fitted.posterior.sum(axis=1) == pytest.approx(np.ones(50))
    assert fitted.soft == pytest.approx(fitted.posterior[:, 1] / 2 + fitted.posterior[:, 2])


def test_an_image_nobody_answered_stays_unknown():
    fitted = dawid_skene(np.array([[1.0, 1.0], [np.nan, np.nan], [0.0, np.nan]]))
    assert np.isnan(fitted.labels).tolist() == [False, True, False]
    assert np.isnan(fitted.soft).tolist() == [False, True, False]


def test_agreement_of_all_is_taken_as_it_is():
    answers = np.repeat(STATES[[0, 0, 0, 1, 2, 2]][:, None], 3, axis=1)
    assert dawid_skene(answers).labels.tolist() == answers[:, 0].tolist()


def test_no_answers_at_all():
    assert dawid_skene(np.empty((0, 3))).labels.tolist() == []
    assert np.isnan(dawid_skene(np.full((2, 3), np.nan)).labels).all()


def test_an_answer_that_is_no_state_is_refused():
    with pytest.raises(ValueError, match="1 answers"):
        dawid_skene(np.array([[0.0, 0.3]]))


def test_other_states_for_a_categorical_finding():
    assert dawid_skene(np.array([[3.0, 3.0], [1.0, 1.0]]), states=(1, 2, 3, 4)).labels.tolist() == [3, 1]
