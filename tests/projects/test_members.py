"""Who belongs to a project, and what that lets them do."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.models import Membership, Project, Role
from overread.projects.queries import project_for, projects_of
from overread.projects.rules import PERMISSIONS
from overread.projects.services import membership_add, membership_remove
from tests.factories import make_member, make_project, make_user

READ = {"projects.view", "archive.view", "archive.upload", "inference.view", "labeling.read"}
LEARN = {
    *("labeling.view", "labeling.select", "training.view", "training.import", "training.run"),
    *("training.export", "training.promote", "inference.overrule"),
}
MAY = {
    Role.READER: READ,
    Role.ANNOTATOR: READ,
    Role.ADJUDICATOR: READ | {"labeling.view", "inference.overrule"},
    Role.ML_ENGINEER: READ - {"labeling.read"} | LEARN,
    Role.ADMINISTRATOR: READ - {"labeling.read"} | LEARN | {"projects.administer"},
}


def permissions(user: User, project: Project | None) -> set[str]:
    return {name for name in PERMISSIONS if user.has_perm(name, project)}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_what_it_may(project: Project, role: Role) -> None:
    assert permissions(make_member(project, role), project) == MAY[role]


def test_roles_add_up(project: Project) -> None:
    both = make_member(project, Role.READER, Role.ML_ENGINEER)
    assert permissions(both, project) == MAY[Role.READER] | MAY[Role.ML_ENGINEER]


def test_a_role_holds_in_its_own_project(administrator: User, stranger: User) -> None:
    elsewhere = make_project()
    assert permissions(administrator, elsewhere) == permissions(administrator, None) == set()
    assert permissions(stranger, elsewhere) == set()


def test_who_is_locked_out_may_nothing(project: Project, administrator: User) -> None:
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert permissions(User.objects.get(pk=administrator.pk), project) == set()


def test_a_project_is_not_told_to_exist_to_strangers(project: Project, stranger: User) -> None:
    for slug in (project.slug, "no-such-project"):
        with pytest.raises(Http404, match="No such project"):
            project_for(stranger, slug, "projects.view")


def test_nor_to_operators_by_being_operators(project: Project) -> None:
    operator = make_user(is_staff=True, is_superuser=True)
    with pytest.raises(Http404):
        project_for(operator, project.slug, "projects.view")


def test_members_are_told_what_they_may_not(project: Project, reader: User) -> None:
    assert project_for(reader, project.slug, "labeling.read") == project
    with pytest.raises(PermissionDenied, match="role"):
        project_for(reader, project.slug, "training.run")


def test_the_same_role_is_given_once(project: Project, reader: User, administrator: User) -> None:
    membership_add(project=project, user=reader, role=Role.READER, actor=administrator)
    assert Membership.objects.filter(user=reader).count() == 1
    assert not Event.objects.filter(verb="membership.add", actor=administrator).exists()


def test_a_new_role_holds_at_once(project: Project, reader: User, administrator: User) -> None:
    assert not reader.has_perm("labeling.view", project)
    membership_add(project=project, user=reader, role=Role.ADJUDICATOR, actor=administrator)
    assert reader.has_perm("labeling.view", project)
    event = Event.objects.get(verb="membership.add", actor=administrator)
    assert (event.target_id, event.detail) == (str(reader.pk), {"role": "adjudicator"})


def test_a_role_that_is_taken_away_is_gone_at_once(project: Project, reader: User, administrator: User) -> None:
    assert reader.has_perm("labeling.read", project)
    membership_remove(membership=reader.memberships.get(), actor=administrator)
    assert not User.objects.get(pk=reader.pk).has_perm("labeling.read", project)
    assert Event.objects.filter(verb="membership.remove", actor=administrator, target_id=reader.pk).exists()


def test_a_project_keeps_an_administrator(project: Project, administrator: User) -> None:
    only = administrator.memberships.get()
    with pytest.raises(ValidationError, match="at least one administrator"):
        membership_remove(membership=only)
    make_member(project, Role.ADMINISTRATOR)
    membership_remove(membership=only)
    assert not administrator.memberships.exists()


def test_one_sees_ones_own_projects(project: Project) -> None:
    make_project()
    member = make_member(project, Role.READER, Role.ADJUDICATOR)
    assert list(projects_of(member)) == [project]
