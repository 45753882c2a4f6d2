"""Reads about projects."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.projects.models import Finding, Membership, Project, Role
from overread.projects.rules import READING, roles_keep
from overread.rows import PreparedQuery, Select

# Every page and every request to the interface asks this, so it is no query that is composed anew each time.
HELD = Select(
    Project,
    also=["projects_membership.role"],
    rest="""
        FROM projects_project JOIN projects_membership ON projects_membership.project_id = projects_project.id
        WHERE projects_membership.user_id = %s AND projects_project.slug = %s
    """,
)
# So do every stored read and every case that is prepared.
FINDINGS = PreparedQuery(lambda project: Finding.objects.filter(project=project), Project)


def projects_of(user: User) -> QuerySet[Project]:
    """Projects the user is a member of, by name."""
    return Project.objects.filter(memberships__user=user).distinct().order_by("name")


def project_named(slug: str) -> Project | None:
    """The project of that name, whoever asks."""
    return Project.objects.filter(slug=slug).first()


def project_stored(pk: UUID) -> Project:
    """The project as it stands in the database, beside one that a form has changed."""
    return Project.objects.get(pk=pk)


def project_names(pks: Collection[UUID]) -> dict[UUID, str]:
    """Key → name of each of these projects that there is."""
    return dict(Project.objects.filter(pk__in=pks).values_list("pk", "name"))


def findings_of(project: Project) -> list[Finding]:
    """The project's findings in their order."""
    return FINDINGS.objects(project)


def memberships_of(project: Project) -> QuerySet[Membership]:
    """The roles of people in the project, by name."""
    memberships = Membership.objects.filter(project=project).select_related("user")
    return memberships.order_by("user__name", "user", "role")


def readers_of(project: Project) -> QuerySet[User]:
    """Who may read in the project, by name."""
    readers = User.objects.filter(memberships__project=project, memberships__role__in=READING)
    return readers.distinct().order_by("name", "pk")


def is_administrator(user: User, project: Project) -> bool:
    """Asked of the database, also right after a role was taken away."""
    return Membership.objects.filter(project=project, user=user, role=Role.ADMINISTRATOR).exists()


def project_for(user: User, slug: str, permission: str) -> Project:
    """The project, if the user may do this in it. Raises Http404 for strangers, who must not learn that it exists, and
    PermissionDenied for members.
    """
    held = HELD.rows(user.pk, slug) if user.is_active else []
    if not held:
        raise Http404("No such project.")
    project: Project = held[0][0]
    roles_keep(user, project, {role for _project, role in held})
    if not user.has_perm(permission, project):
        raise PermissionDenied(_("Your role in this project does not allow this."))
    return project
