"""What an answer may say, per kind of finding, and the number it stands for."""

from __future__ import annotations

import math

from overread.projects.models import Finding

TRI = {"absent": 0.0, "uncertain": 0.5, "present": 1.0}
NOT_ASSESSABLE = "not_assessable"


class AnswerInvalid(Exception):
    """An answer does not fit its finding. `errors`: finding slug → what is wrong, in words for the reader."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class AnswerMissing(AnswerInvalid):
    """A finding of the project is unanswered."""


def answer_problem(finding: Finding, value: str) -> str | None:
    """What is wrong with `value` as an answer to `finding`, or None."""
    if value == NOT_ASSESSABLE:
        return None
    if finding.kind == Finding.Kind.BINARY:
        return None if value in TRI else f"{finding.name}: answer absent, uncertain, present or not assessable."
    if finding.kind == Finding.Kind.CATEGORICAL:
        return None if value in finding.options else f"{finding.name}: choose one of {', '.join(finding.options)}."
    try:
        number = float(value)
    except ValueError:
        return f"{finding.name}: give a number in {finding.unit}."
    low, high = finding.minimum, finding.maximum
    if not math.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
        return f"{finding.name}: {value} is outside {'' if low is None else low}–{'' if high is None else high} {finding.unit}."
    return None


def region_problem(finding: Finding, value: str) -> str | None:
    """What is wrong with `value` as an answer to a finding for which a region is drawn, or None."""
    ruled_out = finding.kind == Finding.Kind.BINARY and value == "absent"
    if not ruled_out and value != NOT_ASSESSABLE:
        return None
    other = "uncertain or present" if finding.kind == Finding.Kind.BINARY else "the finding"
    return (
        f"{finding.name}: a region is drawn for it, but the answer is {value.replace('_', ' ')}. "
        f"Answer {other}, or delete the region."
    )


def answer_number(finding: Finding, value: str) -> float | None:
    """The number a valid answer stands for: 0, 0.5, 1; an option's index; the measurement. None for not assessable."""
    if value == NOT_ASSESSABLE:
        return None
    if finding.kind == Finding.Kind.BINARY:
        return TRI[value]
    return float(finding.options.index(value)) if finding.kind == Finding.Kind.CATEGORICAL else float(value)


def answer_words(finding: Finding, number: float | None) -> str:
    """The reverse of answer_number, for people."""
    if number is None:
        return "not assessable"
    if finding.kind == Finding.Kind.BINARY:
        return next(word for word, value in TRI.items() if value == number)
    return finding.options[int(number)] if finding.kind == Finding.Kind.CATEGORICAL else f"{number:g} {finding.unit}"
