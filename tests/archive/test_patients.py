"""Which texts name a patient."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overread.archive.patients import UNKNOWN, patient_known, patient_unknown

NOBODY = ["", " ", "\t", ".", "-", "--", "?", "…", "NA", "na", "n/a", "N/A ", "n.a.", "#N/A", "<NA>", "NaN", "none", "None",
          "NULL", "unknown", "Unknown", "UNK", "not available", "Not-Known", "anonymous", "\u00a0", "\uff2e\uff21"]  # fmt: skip
SOMEBODY = ["0", "1", "007", "7", "1.0", "-1", "Nancy", "NA-1", "na7", "unknown 3", "患者", "patient00001", "Ng"]


@pytest.mark.parametrize("text", NOBODY)
def test_names_nobody(text):
    assert patient_known(text) == ""


@pytest.mark.parametrize("text", SOMEBODY)
def test_names_somebody(text):
    assert patient_known(f" {text}\n") == text


@given(st.sampled_from(sorted(UNKNOWN)), st.text(alphabet=" ./-_#<>()?", max_size=3), st.booleans())
def test_a_word_for_unknown_names_nobody_however_it_is_written(word, around, shouted):
    written = word.upper() if shouted else word
    assert patient_known(around + written + around) == ""


@given(st.text())
def test_what_is_known_is_known_again(text):
    known = patient_known(text)
    assert patient_known(known) == known
    assert patient_unknown(text) == (known == "")
