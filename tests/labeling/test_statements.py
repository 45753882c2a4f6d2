"""How often the database is asked while a reader claims a case and answers it over REST."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from labeling.services.selection import queue_fill
from overread.projects.models import Role
from tests.factories import make_image, make_member, make_project

TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
MOST = 20


@pytest.mark.django_db(transaction=True)
def test_a_claim_and_a_submit_are_twenty_statements_at_most() -> None:
    project = make_project(batch_size=4)
    for _ in range(4):
        make_image(project)
    queue_fill(project=project)
    _, token = AuthToken.objects.create(make_member(project, Role.READER))
    client = Client(headers={"Authorization": f"Token {token}"})
    answers = {finding.slug: "absent" for finding in project.findings.all()}
    for turn in range(2):  # the first composes what later ones only run
        with CaptureQueriesContext(connection) as asked:
            case = client.post(reverse("api:assignment-claim", args=[project.slug]), {}, "application/json")
            assert case.status_code == 200
            body = {"key": f"00000000-0000-4000-8000-00000000000{turn}", "answers": answers}
            address = reverse("api:assignment-read", args=[project.slug, case.json()["id"]])
            assert client.post(address, body, "application/json").status_code == 201
    statements = [each["sql"] for each in asked.captured_queries if not each["sql"].startswith(TRANSACTION)]
    assert len(statements) <= MOST, statements
