"""Proposed findings over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import make_image, make_project


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def propose(user: User, image: Image, project: Project, **body: Any) -> Any:
    sent = {"image": str(image.pk), "name": "Rib fracture", **body}
    return at(user).post(url("proposals", project), sent, format="json")


def test_a_finding_is_proposed_and_accepted(
    project: Project, image: Image, reader: User, administrator: User, colleague: User
) -> None:
    made = propose(reader, image, project, note="Seventh rib.", kind="binary")
    assert made.status_code == 201 and made.json()["state"] == "open"
    seen = [
        len(at(user).get(url("proposals", project)).json()["results"]) for user in (reader, colleague, administrator)
    ]
    assert seen == [1, 0, 1]
    accepted = at(administrator).post(url("proposal-accept", project, made.json()["id"]), {}, format="json")
    assert accepted.status_code == 201 and accepted.json()["slug"] == "rib-fracture"
    told = at(reader).get(url("proposals", project), {"state": "accepted"}).json()["results"][0]
    assert told["finding"] == "rib-fracture"
    again = at(administrator).post(url("proposal-accept", project, made.json()["id"]), {}, format="json")
    assert again.status_code == 409


def test_it_is_declined_with_a_reason(project: Project, image: Image, reader: User, administrator: User) -> None:
    made = propose(reader, image, project).json()["id"]
    address = url("proposal-decline", project, made)
    assert at(administrator).post(address, {}, format="json").status_code == 400
    told = at(administrator).post(address, {"reason": "Not on this view."}, format="json").json()
    assert (told["state"], told["reason"]) == ("declined", "Not on this view.")


def test_a_finding_the_project_has_is_refused(project: Project, image: Image, reader: User) -> None:
    refused = propose(reader, image, project, name="nodule")
    assert refused.status_code == 422 and set(refused.json()["errors"]) == {"name"}


def test_an_image_of_another_project_is_none_of_this_one(project: Project, reader: User) -> None:
    assert propose(reader, make_image(make_project()), project).status_code == 404


def test_who_does_not_read_proposes_nothing(project: Project, image: Image, engineer: User) -> None:
    assert propose(engineer, image, project).status_code == 403


def test_a_measurement_needs_its_unit(project: Project, image: Image, reader: User, administrator: User) -> None:
    made = propose(reader, image, project, kind="measurement").json()["id"]
    address = url("proposal-accept", project, made)
    assert at(administrator).post(address, {}, format="json").json()["errors"].keys() == {"unit"}
    assert at(administrator).post(address, {"unit": "mm", "minimum": 0}, format="json").status_code == 201
