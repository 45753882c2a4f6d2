"""How an answer stands to what the model says, for each kind of finding."""

from __future__ import annotations

from typing import Any

import pytest

from frontend.pages.image.comparison import answer_words, compared
from overread.projects.models import Finding

BINARY = Finding(kind="binary")
TYPE = Finding(kind="categorical", options=["PA", "AP"])
AGE = Finding(kind="measurement", unit="months")


@pytest.mark.parametrize(
    ("finding", "value", "output", "told"),
    [
        (BINARY, "present", {"above": True}, ("agrees", "agrees")),
        (BINARY, "present", {"above": False}, ("differs", "differs")),
        (BINARY, "absent", {"above": False}, ("agrees", "agrees")),
        (BINARY, "uncertain", {"above": False}, ("", "not compared: uncertain")),
        (BINARY, "present", {"above": True, "set": "both"}, ("", "not compared: the model abstains")),
        (BINARY, "present", {"above": True, "set": "present"}, ("agrees", "agrees")),
        (TYPE, "PA", {"option": "PA"}, ("agrees", "agrees")),
        (TYPE, "PA", {"option": "AP"}, ("differs", "differs")),
        (AGE, "132", {"value": 132.04}, ("agrees", "agrees")),
        (AGE, "132", {"value": 120.5}, ("differs", "model -11.5 months")),
        (AGE, "not_assessable", {"value": 120.5}, ("", "not compared: not assessable")),
    ],
)
def test_compared(finding: Finding, value: str, output: dict[str, Any], told: tuple[str, str]) -> None:
    assert compared(finding, value, output) == told


def test_answers_in_words() -> None:
    assert answer_words(BINARY, "absent") == "Absent" and answer_words(AGE, "132") == "132 months"
    assert answer_words(TYPE, "PA") == "PA" and answer_words(TYPE, "not_assessable") == "Not assessable"
