"""Reads about projects."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.rules import roles_keep
from overread.rows import Select

# Every page and every request to the interface asks this, so it is no query that is composed anew each time.
HELD = Select(
    Project,
    also=["projects_membership.role"],
    rest="""
        FROM projects_project JOIN projects_membership ON projects_membership.project_id = projects_project.id
        WHERE projects_membership.user_id = %s AND projects_project.slug = %s
    """,
)


def projects_of(user: User) -> QuerySet[Project]:
    """Projects the user is a member of, by name."""
    return Project.objects.filter(memberships__user=user).distinct().order_by("name")


def project_for(user: User, slug: str, permission: str) -> Project:
    """The project, if the user may do this in it. Http404 to strangers (it is not told to exist), PermissionDenied to
    members.
    """
    held = HELD.rows(user.pk, slug) if user.is_active else []
    if not held:
        raise Http404("No such project.")
    project: Project = held[0][0]
    roles_keep(user, project, {role for _project, role in held})
    if not user.has_perm(permission, project):
        raise PermissionDenied(_("Your role in this project does not allow this."))
    return project
