"""Pages that tell of what readers send each other, and of what is urgent."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import AnswersSeen, Assignment, Read
from labeling.services import assignment_claim, opinion_ask, read_submit
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Finding, Project
from tests.factories import answers, make_image
from tests.frontend.test_settings import filled


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    """A case in the reader's hands; there is no model yet, and another one waits."""
    for _ in range(2):
        make_image(project)
    queue_fill(project=project)
    return assignment_claim(project=project, reader=reader)


def post(who: User, name: str, case: Assignment, **body: Any) -> Any:
    client = Client()
    client.force_login(who)
    address = reverse(name, args=[case.project.slug, case.pk])
    return client.post(address, json.dumps(body), content_type="application/json")


def submit(case: Assignment, reader: User, value: str) -> Read:
    return read_submit(assignment=case, reader=reader, answers=answers(case.project, value), key=uuid4())


def test_putting_aside_brings_the_next_case(case: Assignment, reader: User) -> None:
    turn = post(reader, "read-defer", case, until="hour").json()
    assert turn["upcoming"][0]["assignment"] != str(case.pk)
    assert post(reader, "read-defer", case, until="hour").status_code == 409


def test_a_time_nobody_knows_is_refused_in_words(case: Assignment, reader: User) -> None:
    refused = post(reader, "read-defer", case, until="next week")
    assert refused.status_code == 422 and "Choose until when" in refused.json()["detail"]


def test_escalating_brings_the_next_case(case: Assignment, reader: User, adjudicator: User) -> None:
    turn = post(reader, "read-escalate", case, role="adjudicator", reason="Odd").json()
    assert turn["upcoming"][0]["assignment"] != str(case.pk)


def test_why_it_is_not_escalated_is_told(case: Assignment, reader: User, adjudicator: User) -> None:
    refused = post(reader, "read-escalate", case, role="adjudicator", reason=" ")
    assert refused.status_code == 422 and refused.json()["detail"] == "Give a reason for escalating this case."


def test_asking_for_an_opinion_leaves_the_case(case: Assignment, reader: User, colleague: User) -> None:
    told = post(reader, "read-opinion", case, role="", reason="")
    assert told.status_code == 201 and case.image.code in told.json()["message"]
    assert Assignment.objects.get(pk=case.pk).state == Assignment.State.CLAIMED


def test_both_reads_stand_side_by_side(client: Client, case: Assignment, reader: User, colleague: User) -> None:
    opinion_ask(assignment=case, reader=reader)
    submit(assignment_claim(project=case.project, reader=colleague), colleague, "present")
    client.force_login(reader)
    address = reverse("image", args=[case.project.slug, case.image_id])
    assert client.get(address).context["opinions"] is None  # not before one's own
    assert not AnswersSeen.objects.exists()
    submit(case, reader, "absent")
    page = client.get(address)
    assert [line.answers for line in page.context["opinions"].lines] == [["Absent", "Present"]] * 2
    assert "Colleague" in page.content.decode()
    assert AnswersSeen.objects.get().user == reader


def test_a_colleague_who_did_not_ask_sees_none_of_it(
    client: Client, case: Assignment, reader: User, colleague: User
) -> None:
    opinion_ask(assignment=case, reader=reader)
    submit(case, reader, "absent")
    submit(assignment_claim(project=case.project, reader=colleague), colleague, "present")
    client.force_login(colleague)
    page = client.get(reverse("image", args=[case.project.slug, case.image_id]))
    assert page.context["opinions"] is None


def test_findings_are_marked_urgent_in_the_settings(client: Client, project: Project, administrator: User) -> None:
    client.force_login(administrator)
    client.post(reverse("project-settings", args=[project.slug]), filled(project, **{"urgent-nodule": "on"}))
    assert list(Finding.objects.filter(urgent=True).values_list("slug", flat=True)) == ["nodule"]


def test_a_case_begun_before_is_not_given_back_with_those_after(client: Client, case: Assignment, reader: User) -> None:
    ahead = assignment_claim(project=case.project, reader=reader, besides=case)
    client.force_login(reader)
    for each in (case, ahead):
        page = client.get(reverse("read", args=[case.project.slug, each.pk]))
    assert [(each["assignment"], each["begun"]) for each in page.context["upcoming"]] == [(str(case.pk), True)]
