"""One check of a number, wherever it comes in: finite in single precision, and within the finding's limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.engine.float32 import LARGEST, SMALLEST, fits_float32
from labeling.services import Answers, label_import_open, labels_import
from labeling.services.answers import answers_check
from labeling.values import NUMBER, AnswerInvalid, answer_number, answer_problem, number_fits
from overread.archive.models import Image
from overread.projects.models import Finding, Project
from tests.factories import AGE, make_project

AGE_OF_BONES = Finding(slug="age", name="Bone age", kind="measurement", unit="months", minimum=0, maximum=240)
UNLIMITED = Finding(slug="size", name="Size", kind="measurement", unit="mm")
BEYOND = ["1e308", "-1e308", "1e39", "3.5e38", "1e999", "1e-40", "-1e-300", "9" * 60]
WITHIN = ["0", "-0.0", "0e0", "3.4e38", "-3.4e38", "1.2e-38", "-9999", "1e-3"]


@pytest.mark.parametrize("value", BEYOND)
def test_a_number_beyond_single_precision_is_refused(value: str) -> None:
    assert "single precision" in (answer_problem(UNLIMITED, value) or "")


@pytest.mark.parametrize("value", WITHIN)
def test_a_number_within_it_is_taken(value: str) -> None:
    assert answer_problem(UNLIMITED, value) is None


@pytest.mark.parametrize(
    ("value", "taken"), [("0", True), ("240", True), ("-1", False), ("240.1", False), ("1e39", False)]
)
def test_the_limits_of_the_finding_hold(value: str, taken: bool) -> None:
    assert (answer_problem(AGE_OF_BONES, value) is None) == taken


@given(st.floats())
def test_what_fits_is_what_single_precision_keeps(number: float) -> None:
    with np.errstate(all="ignore"):
        kept = float(np.float32(number))
    assert fits_float32(number) == (
        np.isfinite(kept) and abs(number) <= LARGEST and (number == 0 or abs(number) >= SMALLEST)
    )
    if fits_float32(number):
        assert kept == pytest.approx(number, rel=2**-23)


@given(st.from_regex(NUMBER, fullmatch=True).filter(lambda text: len(text) <= 80 and text.isascii()))
def test_every_answer_taken_is_a_label_that_fits(text: str) -> None:
    for finding in (AGE_OF_BONES, UNLIMITED):
        if answer_problem(finding, text) is None:
            number = answer_number(finding, text)
            assert number is not None and number_fits(finding, number)
            assert np.isfinite(np.float32(number))


@given(st.floats(), st.sampled_from(["binary", "categorical"]))
def test_labels_of_the_other_kinds_are_theirs(number: float, kind: str) -> None:
    finding = Finding(slug="f", name="F", kind=kind, options=["I", "II"] if kind == "categorical" else [])
    fits = 0 <= number <= 1 if kind == "binary" else number in (0.0, 1.0)
    assert number_fits(finding, number) == fits


@pytest.mark.parametrize("value", ["1e308", "-9999"])
def test_an_import_and_a_read_refuse_it(db: None, value: str) -> None:
    project: Project = make_project(findings=(AGE,), images=1)
    image = Image.objects.get()
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="Made for a test.")
    with pytest.raises(ValueError, match="Bone age"):
        labels_import(source=source, labels=[(image, {"age": value})])
    findings = {finding.slug: finding for finding in project.findings.all()}
    with pytest.raises(AnswerInvalid):
        answers_check(Answers({"age": value}), findings, {"age"}, image)
