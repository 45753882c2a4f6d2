"""Whatever the reading page's own addresses are sent, the answer is a problem in words and never a 500."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Assignment, Read
from labeling.services import assignment_open_single, read_submit
from overread.accounts.models import User
from overread.projects.models import Project
from tests.factories import AGE, answers, make_image, make_project

BROKEN = {
    "half a surrogate pair": b'{"comment": "\\ud800", "reason": "\\ud800", "name": "\\ud800"}',
    "half a surrogate pair as a name": b'{"\\ud800": 1}',
    "NUL": b'{"comment": "\\u0000", "reason": "a\\u0000", "name": "\\\\\\u0000"}',
    "too deep": b'{"reason":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "not a number": b'{"active_ms": NaN}',
    "no UTF-8": b'{"reason": "\xff"}',
}


@pytest.fixture
def project(db: None) -> Project:
    return make_project(findings=(AGE,))


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    return assignment_open_single(project=project, image=make_image(project), reader=reader)


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def send(site: Client, name: str, case: Assignment, body: Any) -> Any:
    slug = case.project.slug
    address = reverse(name, args=[slug] if name == "read-release" else [slug, case.pk])
    return site.post(address, body, content_type="application/json")


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("name", ["submit", "skip", "defer", "escalate", "opinion", "propose", "release"])
def test_a_broken_body_is_a_problem(site: Client, case: Assignment, name: str, what: str) -> None:
    answer = send(site, f"read-{name}", case, BROKEN[what])
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    case.refresh_from_db()
    assert case.state == Assignment.State.CLAIMED


def test_a_text_may_speak_of_the_character(site: Client, case: Assignment) -> None:
    assert send(site, "read-skip", case, rb'{"reason": "the tag holds \\u0000"}').status_code == 200


@pytest.mark.parametrize("value", ["0." + "0" * 90 + "1", "1_0", " 5", "\uff15", "nan", "1e999", "0x1f", "", "."])
def test_a_measurement_is_a_plain_number(site: Client, case: Assignment, value: str) -> None:
    refused = send(site, "read-submit", case, {"key": str(uuid4()), "answers": {"age": {"value": value}}})
    assert refused.status_code == 422 and set(refused.json()["errors"]) == {"age"}


@pytest.mark.parametrize("value", ["12", "+12.5", ".5", "5.", "1e-3", 12, 1e-7])
def test_plain_numbers_are_taken(site: Client, case: Assignment, value: Any) -> None:
    body = {"key": str(uuid4()), "answers": {"age": {"value": value}}}
    assert send(site, "read-submit", case, body).status_code == 201


def test_a_reason_in_a_form_loses_what_no_database_keeps(site: Client, case: Assignment, reader: User) -> None:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project, "12"), key=uuid4())
    site.post(reverse("read-amend", args=[case.project.slug, read.pk]), {"reason": "Wrong\0 age"})
    case.refresh_from_db()
    assert case.amending == "Wrong age" and Read.objects.count() == 1
