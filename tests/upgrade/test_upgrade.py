"""A database of the older build upgrades: nothing in it is lost, and pages and REST answer as that build did.

`older.json` is that database and `answers.json` what its build answered, both made by `python -m tests.upgrade.make`. What
is different today stands in ALLOWED, with its reason; what is new needs no line there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connection

from tests.bench.deployment import deployment
from tests.upgrade.rows import unpacked
from tests.upgrade.upgrade import KEYS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OLDER = json.loads((HERE / "older.json").read_text())
ANSWERS = json.loads((HERE / "answers.json").read_text())
ANY, GONE = "anything", "no longer there"


class Allowed(NamedTuple):
    """A difference that is meant. `place`: table, table.column or address.field, with * for any characters."""

    place: str
    before: Any
    after: Any
    reason: str


SPACING = "It names the plane where a spacing holds, no longer the attribute that it was read from."
ONE_JOB = "One job draws a batch now: what waited of a draw in parts is given up."
SIGN_IN = "Everybody signs in once more, and names as they were typed at sign-in are not kept."
ALLOWED = (
    Allowed("*.spacing_kind", "", "unknown", SPACING),
    Allowed("*.spacing_kind", "PixelSpacing", "patient", SPACING),
    Allowed("*.spacing_kind", "PixelSpacing", "unknown", f"{SPACING} Of a radiograph only the file knows it."),
    Allowed("*.spacing_kind", "ImagerPixelSpacing", "detector", SPACING),
    Allowed("*jobs*.state", "queued", "cancelled", ONE_JOB),
    Allowed("*jobs*.error", "", "Batches are drawn by one job now.", ONE_JOB),
    Allowed("*jobs*.finished_at", None, ANY, ONE_JOB),
    Allowed("labeling_draw", ANY, GONE, ONE_JOB),
    Allowed("labeling_drawpart", ANY, GONE, ONE_JOB),
    Allowed("django_session", ANY, GONE, SIGN_IN),
    Allowed("axes_accesslog", ANY, GONE, SIGN_IN),
    Allowed("knox_authtoken.expiry", None, ANY, "A token that was to last for ever ends after TOKEN_DAYS."),
)


class Difference(NamedTuple):
    place: str
    before: Any
    after: Any

    @property
    def allowed(self) -> Allowed | None:
        return next((rule for rule in ALLOWED if self._fits(rule)), None)

    def _fits(self, rule: Allowed) -> bool:
        values = ((self.before, rule.before), (self.after, rule.after))
        return fnmatchcase(self.place, rule.place) and all(meant in (ANY, value) for value, meant in values)


@pytest.fixture(scope="module")
def upgraded() -> dict[str, Any]:
    """What became of the older database, as upgrade.py tells it."""
    questions = [asked.split(" ") for asked in ANSWERS]
    with deployment(connection.vendor) as env:
        done = subprocess.run(
            [sys.executable, "-m", "tests.upgrade.upgrade"],
            cwd=ROOT,
            env=env | KEYS | {"PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"},
            input=json.dumps({"older": OLDER, "questions": questions}),
            capture_output=True,
            text=True,
        )
    assert not done.returncode, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_no_row_and_no_value_is_lost(upgraded: dict[str, Any]) -> None:
    assert not unmeant(rows_differ(upgraded["rows"]))


def test_rest_answers_the_same(upgraded: dict[str, Any]) -> None:
    assert not unmeant(answers_differ(upgraded["answers"]))


@pytest.mark.parametrize("asked", [asked for asked, answer in ANSWERS.items() if "words" in answer])
def test_pages_show_what_they_showed(upgraded: dict[str, Any], asked: str) -> None:
    before, after = ANSWERS[asked], upgraded["answers"][asked]
    assert after["status"] == before["status"]
    assert [words for words in before["words"] if words not in after["text"]] == []


def test_the_audit_log_holds_and_goes_on(upgraded: dict[str, Any]) -> None:
    events, sealed = len(unpacked(OLDER["rows"])["audit_event"]), upgraded["audit"]
    assert sealed[0].startswith(f"{events - 1} events chained and intact, 1 wait")
    assert sealed[1:2] == [1]
    assert sealed[2].startswith(f"{events} events chained and intact, 0 wait")


def test_the_database_refuses_what_it_refused(upgraded: dict[str, Any]) -> None:
    assert set(upgraded["triggers"]["before"]) <= set(upgraded["triggers"]["after"])


def test_every_allowed_difference_is_there(upgraded: dict[str, Any]) -> None:
    found = [*rows_differ(upgraded["rows"]), *answers_differ(upgraded["answers"])]
    assert {difference.allowed for difference in found} == set(ALLOWED)


def unmeant(found: Iterator[Difference]) -> list[Difference]:
    return [difference for difference in found if difference.allowed is None]


def rows_differ(today: dict[str, list[dict[str, Any]]]) -> Iterator[Difference]:
    """Rows and columns that are gone, and values that are others. What is new is no difference."""
    for table, rows in unpacked(OLDER["rows"]).items():
        key = next(iter(rows[0]))
        there = {row[key]: row for row in today.get(table, [])}
        for row in rows:
            if row[key] in there:
                yield from differ(row, there[row[key]], table)
            else:
                yield Difference(table, row, GONE)


def answers_differ(today: dict[str, Any]) -> Iterator[Difference]:
    for asked, answer in ANSWERS.items():
        if "words" not in answer:
            address = asked.split(" ")[1]
            yield from differ(in_one_order(answer, address), in_one_order(today[asked], address), address)


def in_one_order(answer: dict[str, Any], address: str) -> dict[str, Any]:
    """Labels come oldest first now, so that none is missed while readers work (CHANGELOG): which of them come counts here."""
    if not address.endswith("/labels/"):
        return answer

    def place(label: dict[str, Any]) -> tuple[str, str, str]:
        return label["image"], label["finding"], label["exposure"]

    results = sorted(answer["json"]["results"], key=place)
    return {**answer, "json": {**answer["json"], "results": results}}


def differ(before: Any, after: Any, place: str) -> Iterator[Difference]:
    """Members that are gone or others, however deep. Members that are new are no difference."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from differ(value, after.get(name, GONE), f"{place}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for value, today in zip(before, after, strict=True):
            yield from differ(value, today, place)
    elif before != after:
        yield Difference(place, before, after)
