"""Skipped cases by REST."""

from __future__ import annotations

import pytest

from labeling.models import Assignment
from labeling.services import assignment_claim, assignment_skip
from labeling.services.selection import queue_fill
from tests.api.rooms import at, url
from tests.factories import make_image


@pytest.fixture
def skipped(project, reader):
    make_image(project)
    queue_fill(project=project)
    case = assignment_claim(project=project, reader=reader)
    assignment_skip(assignment=case, reader=reader, reason="Not my field")
    return case


def test_they_are_listed_with_what_became_of_them(project, reader, colleague, skipped):
    told = at(reader).get(url("assignments-skipped", project)).json()["results"]
    assert [(one["id"], one["skip_reason"], one["is_taken"]) for one in told] == [
        (str(skipped.pk), "Not my field", False)
    ]
    assert at(colleague).get(url("assignments-skipped", project)).json()["results"] == []


def test_one_is_taken_back_and_again(project, reader, skipped):
    for _ in range(2):
        back = at(reader).post(url("assignment-unskip", project, skipped))
        assert back.status_code == 200 and back.json()["state"] == "claimed"


def test_one_that_a_colleague_has_is_a_conflict(project, reader, colleague, skipped):
    assignment_claim(project=project, reader=colleague)
    assert at(reader).post(url("assignment-unskip", project, skipped)).status_code == 409
    assert Assignment.objects.get(pk=skipped.pk).state == "skipped"


def test_one_of_a_colleague_is_not_there(project, colleague, skipped):
    assert at(colleague).post(url("assignment-unskip", project, skipped)).status_code == 404
