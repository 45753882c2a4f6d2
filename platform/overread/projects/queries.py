"""Reads about projects."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.projects.models import Membership, Project
from overread.projects.rules import roles_keep


def projects_of(user: User) -> QuerySet[Project]:
    """Projects the user is a member of, by name."""
    return Project.objects.filter(memberships__user=user).distinct().order_by("name")


def project_for(user: User, slug: str, permission: str) -> Project:
    """The project, if the user may do this in it. Http404 to strangers (it is not told to exist), PermissionDenied to
    members.
    """
    held = list(Membership.objects.filter(user=user, project__slug=slug).select_related("project"))
    if not held or not user.is_active:
        raise Http404("No such project.")
    project = held[0].project
    roles_keep(user, project, {membership.role for membership in held})
    if not user.has_perm(permission, project):
        raise PermissionDenied(_("Your role in this project does not allow this."))
    return project
