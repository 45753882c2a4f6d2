"""Rows by statements that are composed once: the same objects as the ORM's, the same rows in the table."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from overread import rows
from overread.accounts.models import User
from overread.projects.models import Membership, Project, Role
from tests.factories import make_member, make_project, make_user

pytestmark = pytest.mark.django_db

MEMBERS = rows.Select(
    Membership,
    User,
    also=["projects_membership.role", "1 + 1"],
    rest="FROM projects_membership JOIN accounts_user ON accounts_user.id = projects_membership.user_id WHERE project_id = %s",
)
PROJECTS = rows.Select(Project, rest="FROM projects_project WHERE slug = %s")
SINCE = rows.Select(Project, rest="FROM projects_project WHERE created_at >= %s")


def columns(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_each_object_of_a_row_is_what_the_orm_makes_of_it() -> None:
    project = make_project()
    reader = make_member(project, Role.READER)
    [(membership, user, role, two)] = MEMBERS.rows(project.pk)
    assert (role, two) == (Role.READER, 2)
    assert columns(membership) == columns(Membership.objects.get(user=reader, project=project))
    assert columns(user) == columns(User.objects.get(pk=reader.pk))


def test_every_column_of_a_project_comes_as_the_orm_reads_it() -> None:
    """Texts, numbers, booleans, JSON, moments and UUIDs."""
    made = make_project()
    [(project,)] = PROJECTS.rows(made.slug)
    assert columns(project) == columns(Project.objects.get(pk=made.pk))


def test_an_object_that_was_read_can_be_changed_and_saved() -> None:
    made = make_project()
    [(project,)] = PROJECTS.rows(made.slug)
    project.name = "Another name"
    project.save()
    assert Project.objects.get().name == "Another name"


def test_a_statement_that_finds_nothing_gives_no_rows() -> None:
    assert PROJECTS.rows("no-such-project") == []


def test_a_moment_is_compared_as_a_moment() -> None:
    made = make_project()
    assert len(SINCE.rows(made.created_at)) == 1
    assert SINCE.rows(made.created_at + timedelta(seconds=1)) == []


def test_a_row_that_is_there_already_is_not_inserted_and_the_transaction_goes_on() -> None:
    project, user = make_project(), make_user()
    assert rows.insert(Membership(project=project, user=user, role=Role.READER))
    assert not rows.insert(Membership(project=project, user=user, role=Role.READER))
    assert Membership.objects.count() == 1


def test_inserted_rows_get_their_keys_in_order() -> None:
    project, user = make_project(), make_user()
    made = [Membership(project=project, user=user, role=role) for role in (Role.READER, Role.ADJUDICATOR)]
    assert rows.insert_all(made) == 2
    assert {row.pk: row.role for row in made} == dict(Membership.objects.values_list("pk", "role"))


def test_a_field_is_written_only_while_the_row_is_as_it_was_seen() -> None:
    project = make_project()
    project.name = "First"
    assert rows.update(project, "name", provided={"modality": project.modality})
    project.name = "Second"
    assert not rows.update(project, "name", provided={"modality": "another"})
    assert Project.objects.get().name == "First"


def test_a_prepared_query_takes_its_parameters_anew_each_time() -> None:
    members = rows.PreparedQuery(
        lambda project, user: Membership.objects.filter(project=project, user=user, role=Role.READER), Project, User
    )
    one, other = make_project(), make_project()
    reader = make_member(one, Role.READER)
    asked = [(one, reader), (other, reader), (one.pk, reader.pk)]
    assert rows.whether(*((members, pair) for pair in asked)) == [True, False, True]


def test_a_prepared_query_takes_moments() -> None:
    since = rows.PreparedQuery(lambda at: Project.objects.filter(created_at__gte=at).values_list("slug"), datetime)
    made = make_project()
    assert since.found(made.created_at) == [(made.slug,)]
    assert since.found(made.created_at + timedelta(seconds=1)) == []


def test_an_outer_join_that_finds_nothing_gives_none() -> None:
    projects = rows.Select(
        Project,
        Membership,
        rest="FROM projects_project LEFT JOIN projects_membership ON projects_membership.project_id = projects_project.id",
    )
    project = make_project()
    assert projects.rows() == [(project, None)]


def test_a_key_that_a_row_holds_as_text_is_stored_as_a_key() -> None:
    project, user = make_project(), make_user()
    assert rows.insert(Membership(project_id=str(project.pk), user=user, role=Role.READER))
    assert Membership.objects.get().project == project
