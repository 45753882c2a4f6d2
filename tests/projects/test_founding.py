"""A project is made with findings and members, or not at all."""

from __future__ import annotations

import pytest

from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.founding import NewMember, NotFounded, project_found
from overread.projects.models import Finding, Membership, Project, Role
from overread.projects.services import membership_add
from overread.projects.templates import NewFinding
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db
EFFUSION = NewFinding("Effusion")


def found(*findings, **fields):
    given = {"name": "Chest films", "modality": "chest radiograph", "founder": None}
    return project_found(**{**given, "findings": findings or (EFFUSION,), **fields})


def refused(*findings, **fields):
    with pytest.raises(NotFounded) as refusal:
        found(*findings, **fields)
    assert not Project.objects.filter(name="Chest films").exists()
    assert not Event.objects.filter(verb="project.create").exists()
    return refusal.value


def roles(user, project):
    return set(Membership.objects.filter(user=user, project=project).values_list("role", flat=True))


def test_its_founder_can_go_on_alone():
    founder = make_user()
    project = found(founder=founder)
    assert project.slug == "chest-films"
    assert roles(founder, project) == {"administrator", "reader", "adjudicator", "ml_engineer"}
    assert Event.objects.get(verb="project.create").actor == founder


def test_a_founder_is_its_administrator_whatever_else():
    founder = make_user()
    assert roles(founder, found(founder=founder, founder_roles=())) == {"administrator"}


def test_members_come_by_address_or_by_what_stands_before_its_at():
    alice, bob = make_user("alice"), make_user("bob")
    members = [NewMember("Alice@Example.org", ("reader", "adjudicator")), NewMember("bob", ("annotator",))]
    project = found(members=members)
    assert roles(alice, project) == {"reader", "adjudicator"}
    assert roles(bob, project) == {"annotator"}


def test_a_name_in_another_script_has_an_address():
    assert found(name="胸部X线").slug


def test_a_slug_made_of_a_name_goes_out_of_the_way_of_others():
    first = found(name="Chest!")
    second = found(name="Chest?")
    assert first.slug == "chest" and second.slug.startswith("chest-")


@pytest.mark.parametrize("slug", ["new", "taken"])
def test_a_slug_that_cannot_be_had_is_told(slug):
    found(name="Other", slug="taken")
    with pytest.raises(NotFounded) as refusal:
        found(slug=slug)
    assert list(refusal.value.errors) == ["slug"] and refusal.value.taken


def test_a_double_click_makes_one_project():
    founder = make_user()
    found(founder=founder)
    with pytest.raises(NotFounded) as refusal:
        found(name="chest  FILMS", founder=founder)
    assert refusal.value.taken and Project.objects.count() == 1


def test_somebody_elses_project_may_have_the_same_name():
    found(founder=make_user())
    found(founder=make_user())
    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    "names", [["COVID+", "COVID-"], ["<5mm", ">5mm"], ["肺炎", "肺结核", "Pneumonia", "Pneumonia?"]]
)
def test_names_that_differ_are_findings_that_differ(names):
    project = found(*map(NewFinding, names))
    assert list(project.findings.values_list("name", flat=True)) == names
    assert len(set(project.findings.values_list("slug", flat=True))) == len(names)


@pytest.mark.parametrize("other", ["effusion", " Effusion  ", "Ｅffusion"])
def test_one_name_is_asked_once(other):
    assert list(refused(EFFUSION, NewFinding(other)).errors) == ["findings.1.name"]


@pytest.mark.parametrize(
    ("finding", "place"),
    [
        (NewFinding("\u200b"), "name"),
        (NewFinding("x" * 81), "name"),
        (NewFinding("Grade", "guess"), "kind"),
        (NewFinding("Grade", "categorical", ("I",)), "options"),
        (NewFinding("Grade", "categorical", ("I", " i")), "options"),
        (NewFinding("Grade", "categorical", ("I", "")), "options"),
        (NewFinding("Age", "measurement"), "unit"),
        (NewFinding("Age", "measurement", unit="months", minimum=float("nan")), "minimum"),
        (NewFinding("Age", "measurement", unit="months", minimum=9, maximum=1), "minimum"),
        (NewFinding("Grade", options=("I", "II")), "options"),
        (NewFinding("Mass", unit="mm"), "unit"),
        (NewFinding("Mass", maximum=9), "maximum"),
    ],
)
def test_what_is_wrong_with_a_finding_is_told_in_its_place(finding, place):
    assert list(refused(EFFUSION, finding).errors) == [f"findings.1.{place}"]


def test_everything_wrong_is_told_at_once():
    bad = (NewFinding("Mass", unit="mm"), NewFinding("Grade", "categorical", ("I", "i")))
    told = refused(*bad, members=[NewMember("nobody", ("reader",))]).errors
    assert list(told) == ["findings.0.unit", "findings.1.options", "members.0.who"]


def test_nothing_to_ask_is_no_project():
    assert list(refused(findings=()).errors) == ["findings"]


@pytest.mark.parametrize(
    ("member", "place"),
    [
        (NewMember("nobody@example.org", ("reader",)), "who"),
        (NewMember("nobody", ("reader",)), "who"),
        (NewMember("", ("reader",)), "who"),
        (NewMember("alice", ("king",)), "roles"),
        (NewMember("alice", ()), "roles"),
    ],
)
def test_an_unknown_member_or_role_is_told(member, place):
    make_user("alice")
    assert list(refused(members=[member]).errors) == [f"members.0.{place}"]


def test_what_stands_before_an_at_is_nobody_where_two_have_it():
    make_user("alice")
    User.objects.create_user("alice@elsewhere.org", "a-good-long-password")
    assert list(refused(members=[NewMember("alice", ("reader",))]).errors) == ["members.0.who"]


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x" * 121), ("modality", " "), ("slug", "two words")]
)
def test_a_field_that_does_not_fit_is_named(field, value):
    with pytest.raises(NotFounded) as refusal:
        found(**{field: value})
    assert list(refusal.value.errors) == [field]


def test_nothing_is_left_of_a_refused_project():
    refused(EFFUSION, NewFinding("Age", "measurement"))
    assert not Finding.objects.exists() and not Membership.objects.exists()


def test_operators_and_administrators_may_make_one():
    project = make_project()
    users = {role: make_user() for role in Role}
    for role, user in users.items():
        membership_add(project=project, user=user, role=role)
    may = {role for role, user in users.items() if user.has_perm("projects.create")}
    assert may == {Role.ADMINISTRATOR}
    assert make_user(is_staff=True).has_perm("projects.create")
    assert not make_user().has_perm("projects.create")
