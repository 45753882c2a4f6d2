"""How often the database is asked while a read is stored on the page and the next case is prepared."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labeling.services import assignments_claim
from labeling.services.selection import queue_fill
from overread.projects.models import Role
from tests.factories import make_champion, make_image, make_member, make_project

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
MOST, COMMITS = 36, 3


@pytest.mark.django_db(transaction=True)
def test_a_submit_is_thirty_six_statements_and_three_commits_at_most() -> None:
    project = make_project(batch_size=6)
    for _ in range(6):
        make_image(project)
    make_champion(project)
    queue_fill(project=project)
    reader = make_member(project, Role.READER)
    client = Client()
    client.force_login(reader)
    answers = {finding.slug: "absent" for finding in project.findings.all()}
    known: list[str] = []
    for case in assignments_claim(
        project=project, reader=reader, count=2
    ):  # the first composes what later ones only run
        body = {"key": str(uuid4()), "answers": answers, "level": "full", "known": known}
        address = reverse("read-submit", args=[project.slug, case.pk])
        with CaptureQueriesContext(connection) as asked:
            response = client.post(address, json.dumps(body), content_type="application/json")
        assert response.status_code == 201
        known = [each["token"] for each in response.json()["upcoming"]]
    statements = [each["sql"] for each in asked.captured_queries]
    assert [bool(each["prepared"]) for each in response.json()["upcoming"]] == [False, False, True]
    assert statements.count("COMMIT") <= COMMITS
    # Where rows can be locked, which SQLite's cannot, the next claim locks its reader.
    most = MOST + int(connection.features.has_select_for_update)
    assert len([sql for sql in statements if not sql.startswith(TRANSACTION)]) <= most, statements
