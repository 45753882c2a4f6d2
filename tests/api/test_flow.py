"""Putting aside, sending on, second opinions, amending, urgent findings: over REST."""

from __future__ import annotations

from typing import Any

import pytest

from labeling.models import Assignment
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, held, url
from tests.factories import make_image, make_read


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    make_image(project)
    return held(project, reader)


def post(who: User, name: str, *args: Any, **body: Any) -> Any:
    return at(who).post(url(name, *args), body, format="json")


def test_a_case_is_put_aside_and_resumed(project: Project, case: Assignment, reader: User) -> None:
    assert post(reader, "assignment-defer", project, case, until="hour").json()["state"] == "deferred"
    assert [one["id"] for one in at(reader).get(url("assignments", project)).json()["results"]] == [str(case.pk)]
    assert post(reader, "assignment-resume", project, case).json()["state"] == "claimed"
    assert post(reader, "assignment-resume", project, case).status_code == 409


def test_nobody_knows_another_time(project: Project, case: Assignment, reader: User) -> None:
    assert post(reader, "assignment-defer", project, case, until="week").status_code == 400


def test_an_escalated_case_is_followed(project: Project, case: Assignment, reader: User, adjudicator: User) -> None:
    body = {"role": "adjudicator", "reason": "Odd"}
    assert post(reader, "assignment-escalate", project, case, **body).status_code == 204
    (sent,) = at(reader).get(url("assignments-sent", project)).json()["results"]
    assert (sent["state"], sent["sent_as"], sent["for_role"]) == ("queued", "escalation", "adjudicator")
    told = post(adjudicator, "assignment-claim", project).json()
    assert (told["sent_by"], told["sent_reason"]) == (str(reader), "Odd")


def test_why_a_case_is_not_sent_is_told(project: Project, case: Assignment, reader: User) -> None:
    refused = post(reader, "assignment-escalate", project, case, role="adjudicator", reason="Odd")
    assert refused.status_code == 422 and "Nobody else" in refused.json()["detail"]


def test_a_second_opinion_is_asked_for_once(project: Project, case: Assignment, reader: User, colleague: User) -> None:
    assert post(reader, "assignment-opinion", project, case).status_code == 204
    assert "already" in post(reader, "assignment-opinion", project, case).json()["detail"]


def test_a_read_is_amended_with_its_reason(project: Project, reader: User) -> None:
    make_image(project)
    queue_fill(project=project)
    read = make_read(project, reader)
    assert post(reader, "read-amend", project, read, reason="").status_code == 400
    assert post(reader, "read-amend", project, read, reason="Seen the prior").json()["state"] == "claimed"


def test_findings_are_marked_urgent(project: Project, administrator: User) -> None:
    told = post(administrator, "findings-urgent", project, findings=["nodule"]).json()
    assert {one["slug"]: one["urgent"] for one in told["findings"]} == {"effusion": False, "nodule": True}
    assert post(administrator, "findings-urgent", project, findings=["fracture"]).status_code == 422
