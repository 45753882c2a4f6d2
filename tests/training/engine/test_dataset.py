from dataclasses import replace

import numpy as np
import pytest

from training.engine.dataset import SHARES, Split, split_by_patient

PATIENTS = np.array([f"P{index % 3000}" for index in range(5000)])


def test_a_patient_is_in_one_split_only():
    codes = split_by_patient(PATIENTS, 7)
    assert all(len(set(codes[patient == PATIENTS])) == 1 for patient in PATIENTS[:50])


def test_the_shares_are_kept():
    counts = np.bincount(split_by_patient(np.unique(PATIENTS), 7), minlength=3) / 3000
    assert counts == pytest.approx(np.array(SHARES), abs=0.03)


def test_new_patients_move_nobody():
    before = split_by_patient(PATIENTS[:100], 7)
    assert np.array_equal(split_by_patient(PATIENTS, 7)[:100], before)


def test_another_seed_splits_otherwise():
    assert not np.array_equal(split_by_patient(PATIENTS, 7), split_by_patient(PATIENTS, 8))


def test_shares_beyond_one_are_refused():
    with pytest.raises(ValueError, match="add up to one"):
        split_by_patient(PATIENTS, 7, (0.8, 0.2, 0.2))


def test_all_of_one_share_is_all_of_one_split():
    assert set(split_by_patient(PATIENTS, 7, (1.0, 0.0, 0.0))) == {Split.TRAIN}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("images", lambda array: array.astype(np.float32)),
        ("images", lambda array: array[:, :16]),
        ("labels", lambda array: array[:, :2]),
        ("labels", lambda array: np.where(np.arange(3) == 0, 2, array).astype(np.float32)),
        ("labels", lambda array: np.where(np.arange(3) == 1, 0.5, array).astype(np.float32)),
        ("labels", lambda array: np.where(np.arange(3) == 2, np.inf, array).astype(np.float32)),
        ("weights", lambda array: -array),
        ("weights", lambda array: array * np.float32("nan")),
        ("groups", lambda array: array[:-1]),
        ("split", lambda array: array * 0 + Split.VALIDATION),
    ],
)
def test_data_that_disagrees_is_refused(data, field, change):
    with pytest.raises(ValueError):
        replace(data, **{field: change(getattr(data, field))})


def test_the_fingerprint_follows_labels_and_splits(data):
    assert replace(data, weights=data.weights * 2).fingerprint != data.fingerprint
    assert replace(data, split=data.split[::-1]).fingerprint != data.fingerprint
    assert replace(data, labels=data.labels.copy()).fingerprint == data.fingerprint


def test_cases_without_a_label_that_weighs_are_not_labelled(data):
    weights = data.weights.copy()
    weights[data.rows(Split.TRAIN)[:5]] = 0
    assert len(replace(data, weights=weights).labelled(Split.TRAIN)) == len(data.labelled(Split.TRAIN)) - 5
