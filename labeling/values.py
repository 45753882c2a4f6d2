"""Which answers fit each kind of finding, and the number that an answer stands for."""

from __future__ import annotations

import math
import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.engine.float32 import fits_float32
from overread.projects.models import Finding

TRI = {"absent": 0.0, "uncertain": 0.5, "present": 1.0}
NOT_ASSESSABLE = "not_assessable"
# Stricter than float(), which takes "nan", "1_000" and figures of other scripts.
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
LONGEST = 80  # of what an answer is kept in
SAID = {
    "absent": gettext_lazy("absent"),
    "uncertain": gettext_lazy("uncertain"),
    "present": gettext_lazy("present"),
    NOT_ASSESSABLE: gettext_lazy("not assessable"),
}


class AnswerInvalid(Exception):
    """An answer does not fit its finding. `errors`: finding slug → what is wrong, in words for the reader."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class AnswerMissing(AnswerInvalid):
    """A finding of the project is unanswered."""


def answer_problem(finding: Finding, value: str) -> str | None:
    """What is wrong with `value` as an answer to `finding`, or None. A number is plain: 12, -0.5 or 1e-3."""
    if value == NOT_ASSESSABLE:
        return None
    names = {"finding": finding.name, "options": ", ".join(finding.options), "unit": finding.unit}
    if finding.kind == Finding.Kind.BINARY:
        if value in TRI:
            return None
        return _("%(finding)s: answer absent, uncertain, present or not assessable.") % names
    if finding.kind == Finding.Kind.CATEGORICAL:
        if value in finding.options:
            return None
        return _("%(finding)s: choose one of %(options)s.") % names
    # Before the pattern, so that a body of megabytes is not matched.
    if len(value) > LONGEST:
        return _("%(finding)s: give a number of %(most)d characters or fewer.") % (names | {"most": LONGEST})
    if not NUMBER.fullmatch(value):
        return _("%(finding)s: give a number in %(unit)s.") % names
    number = float(value)
    if not fits_float32(number):
        return _("%(finding)s: no model can learn from %(value)s; its magnitude is beyond single precision.") % (
            names | {"value": value}
        )
    if not number_fits(finding, number):
        span = "–".join("" if end is None else str(end) for end in (finding.minimum, finding.maximum))
        return _("%(finding)s: %(value)s is outside %(span)s %(unit)s.") % (names | {"value": value, "span": span})
    return None


def number_fits(finding: Finding, number: float) -> bool:
    """Whether the number can be a label of the finding: one of its kind, within its limits, and kept by single precision."""
    if finding.kind == Finding.Kind.BINARY:
        return 0 <= number <= 1
    if finding.kind == Finding.Kind.CATEGORICAL:
        return number in range(len(finding.options))
    low = -math.inf if finding.minimum is None else finding.minimum
    high = math.inf if finding.maximum is None else finding.maximum
    return fits_float32(number) and low <= number <= high


def region_problem(finding: Finding, value: str) -> str | None:
    """What is wrong with `value` as an answer to a finding that has a region, or None."""
    ruled_out = finding.kind == Finding.Kind.BINARY and value == "absent"
    if not ruled_out and value != NOT_ASSESSABLE:
        return None
    said = {"finding": finding.name, "answer": value_words(value)}
    if finding.kind == Finding.Kind.BINARY:
        return (
            _(
                "%(finding)s: a region is drawn for it, but the answer is %(answer)s. "
                "Answer uncertain or present, or delete the region."
            )
            % said
        )
    return (
        _(
            "%(finding)s: a region is drawn for it, but the answer is %(answer)s. "
            "Answer the finding, or delete the region."
        )
        % said
    )


def answer_number(finding: Finding, value: str) -> float | None:
    """The number that a valid answer stands for: 0, 0.5 or 1, an option's index, or the measurement; None if not assessable."""
    if value == NOT_ASSESSABLE:
        return None
    if finding.kind == Finding.Kind.BINARY:
        return TRI[value]
    if finding.kind == Finding.Kind.CATEGORICAL:
        return float(finding.options.index(value))
    return float(value)


def is_same_answer(finding: Finding, one: str, other: str) -> bool:
    """Whether two valid answers say the same, however a number is written."""
    return one == other or answer_number(finding, one) == answer_number(finding, other) is not None


def value_words(value: str) -> str:
    """A stored answer, for people."""
    return str(SAID.get(value, value))


def answer_words(finding: Finding, number: float | None) -> str:
    """The reverse of answer_number, for people."""
    if number is None:
        return value_words(NOT_ASSESSABLE)
    if finding.kind == Finding.Kind.BINARY:
        return value_words(next(value for value, stands_for in TRI.items() if stands_for == number))
    if finding.kind == Finding.Kind.CATEGORICAL:
        return str(finding.options[int(number)])
    return f"{number:g} {finding.unit}"
