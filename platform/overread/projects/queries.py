"""Reads about projects."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.rules import user_roles


def projects_of(user: User) -> QuerySet[Project]:
    """Projects the user is a member of, by name."""
    return Project.objects.filter(memberships__user=user).distinct().order_by("name")


def project_for(user: User, slug: str, permission: str) -> Project:
    """The project, if the user may do this in it. Http404 to strangers (it is not told to exist), PermissionDenied to
    members.
    """
    project = Project.objects.filter(slug=slug).first()
    if project is None or not user_roles(user, project):
        raise Http404("No such project.")
    if not user.has_perm(permission, project):
        raise PermissionDenied(_("Your role in this project does not allow this."))
    return project
