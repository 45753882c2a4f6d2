"""The members of a project by REST."""

from __future__ import annotations

from overread.audit.models import Event
from overread.projects.models import Membership, Role
from tests.api.rooms import at, url
from tests.factories import make_member, make_project


def test_members_are_listed_role_by_role(project, administrator, reader):
    told = at(administrator).get(url("members", project)).json()["results"]
    assert {(one["email"], one["role"]) for one in told} == {
        ("administrator@example.org", "administrator"),
        ("reader@example.org", "reader"),
    }


def test_somebody_is_given_a_role_once(project, administrator, stranger):
    for who in ("Stranger@example.org", "stranger"):
        given = at(administrator).post(url("members", project), {"who": who, "role": "reader"}, format="json")
        assert given.status_code == 201
    assert Membership.objects.filter(user=stranger, project=project).count() == 1
    assert Event.objects.filter(verb="membership.add", actor=administrator).count() == 1


def test_nobody_of_that_address_is_told(project, administrator):
    refused = at(administrator).post(url("members", project), {"who": "nobody", "role": "reader"}, format="json")
    assert refused.status_code == 400 and "create_user" in refused.json()["errors"]["who"]


def test_a_role_is_taken_away(project, administrator, reader):
    membership = Membership.objects.get(user=reader)
    assert at(administrator).delete(url("member", project, membership.pk)).status_code == 204
    assert not Membership.objects.filter(user=reader).exists()


def test_the_last_administrator_stays(project, administrator):
    membership = Membership.objects.get(user=administrator)
    assert at(administrator).delete(url("member", project, membership.pk)).status_code == 409


def test_a_member_of_another_project_is_not_there(project, administrator):
    other = make_project()
    membership = Membership.objects.get(user=make_member(other, Role.READER))
    assert at(administrator).delete(url("member", project, membership.pk)).status_code == 404
