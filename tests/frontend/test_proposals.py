"""Proposing from the reading page, deciding among the settings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Assignment, FindingProposal
from labeling.services import assignment_open_single
from labeling.services.proposals import proposal_make
from overread.accounts.models import User
from overread.projects.models import Finding, Project
from tests.factories import make_image


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    return assignment_open_single(project=project, image=make_image(project), reader=reader)


@pytest.fixture
def proposal(project: Project, case: Assignment, reader: User) -> FindingProposal:
    note = "Seventh rib <b>left</b>."
    return proposal_make(project=project, image=case.image, reader=reader, name="Rib fracture", note=note)


def propose(client: Client, case: Assignment, body: Any) -> Any:
    address = reverse("read-propose", args=[case.project.slug, case.pk])
    return client.post(address, json.dumps(body), content_type="application/json")


def decide(client: Client, how: str, proposal: FindingProposal, **fields: str) -> Any:
    return client.post(reverse(f"proposal-{how}", args=[proposal.project.slug, proposal.pk]), fields, follow=True)


def test_a_proposal_is_kept_though_the_case_is_not_submitted(client: Client, case: Assignment, reader: User) -> None:
    client.force_login(reader)
    told = propose(client, case, {"name": "Rib fracture", "note": "Left.", "kind": "binary"})
    assert told.status_code == 201 and told.json()["name"] == "Rib fracture"
    assert FindingProposal.objects.get().image == case.image
    case.refresh_from_db()
    assert case.state == Assignment.State.CLAIMED


@pytest.mark.parametrize(
    "body",
    [{}, [], {"name": " "}, {"name": "\u200b"}, {"name": "x" * 81}, {"name": "Nodule"}, {"name": "A", "kind": "B"}],
)
def test_what_does_not_fit_is_said(client: Client, case: Assignment, reader: User, body: Any) -> None:
    client.force_login(reader)
    refused = propose(client, case, body)
    assert refused.status_code == 422 and refused.json()["errors"] and not FindingProposal.objects.exists()


def test_a_case_that_was_never_given_takes_none(client: Client, case: Assignment, colleague: User) -> None:
    client.force_login(colleague)
    assert propose(client, case, {"name": "Rib fracture"}).status_code == 404


def test_the_page_names_it_with_its_image_and_note(
    client: Client, project: Project, proposal: FindingProposal, administrator: User
) -> None:
    client.force_login(administrator)
    page = client.get(reverse("project-proposals", args=[project.slug])).content.decode()
    assert "Rib fracture" in page and "proposed once" in page and "Seventh rib &lt;b&gt;left" in page
    assert reverse("image", args=[project.slug, proposal.image_id]) in page


def test_an_accepted_one_is_a_finding(client: Client, proposal: FindingProposal, administrator: User) -> None:
    client.force_login(administrator)
    page = decide(client, "accept", proposal, name="Rib fracture", kind="binary").content.decode()
    assert "Rib fracture is asked from the next case on." in page and "Accepted: Rib fracture" in page
    assert Finding.objects.filter(slug="rib-fracture").exists()


def test_options_are_typed_a_line_each(client: Client, proposal: FindingProposal, administrator: User) -> None:
    client.force_login(administrator)
    decide(client, "accept", proposal, name="Ribs", kind="categorical", options="none\r\none\n several ", unit="mm")
    assert Finding.objects.get(slug="ribs").options == ["none", "one", "several"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Nodule", "kind": "binary"}, "Nodule is already a finding of this project."),
        ({"name": "Ribs", "kind": "measurement"}, "a measurement needs a unit"),
        ({"name": "Ribs", "kind": "categorical", "options": "one"}, "two different options or more"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    client: Client, proposal: FindingProposal, administrator: User, fields: dict[str, str], said: str
) -> None:
    client.force_login(administrator)
    page = decide(client, "accept", proposal, **fields).content.decode()
    assert said in page and f"accept-{proposal.pk}" in page and Finding.objects.count() == 2


def test_a_declined_one_says_why(client: Client, proposal: FindingProposal, administrator: User) -> None:
    client.force_login(administrator)
    assert "This field is required." in decide(client, "decline", proposal).content.decode()
    assert (
        "Declined: Not on this view."
        in decide(client, "decline", proposal, reason="Not on this view.").content.decode()
    )
    assert "already been declined" in decide(client, "decline", proposal, reason="Again.").content.decode()


def test_a_case_keeps_its_confidence_on_the_image_page(client: Client, case: Assignment, reader: User) -> None:
    from uuid import uuid4

    from labeling.services import read_submit
    from tests.factories import answers

    read_submit(assignment=case, reader=reader, answers=answers(case.project, confidence="high"), key=uuid4())
    client.force_login(reader)
    page = client.get(reverse("image", args=[case.project.slug, case.image_id])).content.decode()
    assert "Your confidence:</span> High" in page
