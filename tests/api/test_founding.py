"""Making a project by REST."""

from __future__ import annotations

import pytest

from overread.projects.models import Membership, Project
from tests.api.rooms import at, url
from tests.factories import make_user

pytestmark = pytest.mark.django_db
CHEST = {"name": "Ward 7 chest", "template": "chest-14"}


@pytest.fixture
def operator():
    return make_user("operator", is_staff=True)


def make(operator, **fields):
    return at(operator).post(url("projects"), fields, format="json")


def test_templates_are_told(stranger):
    told = at(stranger).get(url("project-templates")).json()
    assert [one["slug"] for one in told] == ["chest-14", "pneumonia", "dermoscopy", "bone-age", "mammography"]
    assert told[3]["findings"][0]["maximum"] == 240


def test_a_template_makes_a_project(operator):
    made = make(operator, **CHEST)
    assert made.status_code == 201
    told = made.json()
    assert (told["slug"], told["modality"], len(told["findings"])) == ("ward-7-chest", "chest radiograph", 14)
    assert told["roles"] == ["adjudicator", "administrator", "ml_engineer", "reader"]


def test_findings_and_members_of_ones_own(operator):
    make_user("alice")
    findings = [
        {"name": "COVID+"},
        {"name": "COVID-"},
        {"name": "Grade", "kind": "categorical", "options": ["I", "II"]},
    ]
    members = [{"who": "alice", "roles": ["reader"]}]
    made = make(operator, name="胸部", slug="ct", modality="CT", findings=findings, members=members, my_roles=[])
    assert made.status_code == 201
    slugs = [finding["slug"] for finding in made.json()["findings"]]
    assert slugs[0] == "covid" and len(set(slugs)) == 3
    held = Membership.objects.values_list("user__email", "role")
    assert set(held) == {("operator@example.org", "administrator"), ("alice@example.org", "reader")}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"name": ""}, "name"),
        ({"template": "knee"}, "template"),
        ({"template": ""}, "modality"),
        ({"colour": "red"}, "colour"),
        ({"findings": [{"name": "Age", "kind": "measurement"}]}, "findings.0.unit"),
        ({"findings": [{"name": "Mass"}, {"name": "mass "}]}, "findings.1.name"),
        ({"members": [{"who": "nobody", "roles": ["reader"]}]}, "members.0.who"),
    ],
)
def test_what_does_not_fit_is_named_and_leaves_nothing(operator, fields, place):
    given = {**CHEST, **fields}
    if place == "modality":
        given["findings"] = [{"name": "Mass"}]
    refused = make(operator, **given)
    assert refused.status_code == 400 and list(refused.json()["errors"]) == [place]
    assert not Project.objects.exists()


@pytest.mark.parametrize("again", [CHEST, {"name": "Other", "template": "chest-14", "slug": "ward-7-chest"}])
def test_what_is_there_already_is_a_conflict(operator, again):
    make(operator, **CHEST)
    refused = make(operator, **again)
    assert refused.status_code == 409 and Project.objects.count() == 1


def test_a_reader_makes_none(project, reader):
    refused = make(reader, **CHEST)
    assert refused.status_code == 403 and Project.objects.count() == 1
