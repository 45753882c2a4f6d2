"""Who works in a project."""

from __future__ import annotations

import pytest
from django.urls import reverse

from overread.audit.models import Event
from overread.projects.models import Membership, Role
from tests import factories


@pytest.fixture
def address(project):
    return reverse("project-members", args=[project.slug])


def removal(membership):
    return reverse("project-member-remove", args=[membership.project.slug, membership.pk])


@pytest.mark.parametrize(("who", "status"), [("engineer", 403), ("stranger", 404), ("administrator", 200)])
def test_only_for_administrators(client, address, who, status, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(address).status_code == status


def test_members_are_listed_with_every_role(client, project, address, administrator, reader):
    from overread.projects.services import membership_add

    membership_add(project=project, user=reader, role=Role.ANNOTATOR)
    client.force_login(administrator)
    page = client.get(address).content.decode()
    assert page.count("reader@example.org") == 1
    assert "Remove Reader as annotator" in page
    assert "Remove Reader as reader" in page


def test_somebody_is_added_by_address(client, project, address, administrator, stranger):
    client.force_login(administrator)
    asked = {"email": "Stranger@Example.org", "role": "adjudicator"}
    page = client.post(address, asked, follow=True).content.decode()
    assert "Stranger is Adjudicator now." in page
    assert Membership.objects.filter(project=project, user=stranger, role="adjudicator").exists()
    assert Event.objects.filter(verb="membership.add", actor=administrator).exists()


def test_an_unknown_address_is_said_beside_the_field(client, address, administrator):
    client.force_login(administrator)
    response = client.post(address, {"email": "nobody@example.org", "role": "reader"})
    assert "An operator can make one: manage.py create_user nobody@example.org" in response.content.decode()


def test_a_role_is_taken_away(client, project, administrator, reader):
    client.force_login(administrator)
    membership = Membership.objects.get(project=project, user=reader)
    page = client.post(removal(membership), follow=True).content.decode()
    assert "Reader is no longer Reader." in page
    assert not Membership.objects.filter(pk=membership.pk).exists()
    assert Event.objects.get(verb="membership.remove").detail["role"] == "reader"


def test_the_last_administrator_stays(client, project, administrator):
    client.force_login(administrator)
    membership = Membership.objects.get(project=project, user=administrator)
    page = client.post(removal(membership), follow=True).content.decode()
    assert "keeps at least one administrator" in page
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_who_takes_the_role_from_themselves_leaves_the_page(client, project, administrator):
    factories.make_member(project, Role.ADMINISTRATOR)
    client.force_login(administrator)
    response = client.post(removal(Membership.objects.get(project=project, user=administrator)))
    assert response.url == reverse("home")


def test_a_membership_of_another_project_is_not_found(client, project, administrator):
    other = factories.make_project()
    factories.make_member(other, Role.READER)
    client.force_login(administrator)
    address = reverse("project-member-remove", args=[project.slug, Membership.objects.get(project=other).pk])
    assert client.post(address).status_code == 404
