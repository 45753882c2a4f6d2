"""Who may do what in a project: one table, read by every page and every API view through `user.has_perm(…, project)`."""

from __future__ import annotations

import rules

from overread.accounts.models import User
from overread.projects.models import Membership, Project, Role

READING = {Role.READER, Role.ANNOTATOR, Role.ADJUDICATOR}
EVERYONE = set(Role)

PERMISSIONS: dict[str, set[Role]] = {
    "projects.view": EVERYONE,
    "projects.administer": {Role.ADMINISTRATOR},
    "archive.view": EVERYONE,
    "archive.upload": READING | {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "labeling.read": READING,
    "labeling.view": {Role.ADJUDICATOR, Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "labeling.select": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "inference.view": EVERYONE,
    "inference.overrule": {Role.ADJUDICATOR, Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "training.view": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "training.import": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "training.run": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "training.export": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
    "training.promote": {Role.ML_ENGINEER, Role.ADMINISTRATOR},
}


def holds(roles: set[Role]) -> rules.Predicate:
    """True for a user who has one of `roles` in the project."""

    @rules.predicate(name="holds " + ", ".join(sorted(roles)))  # type: ignore[untyped-decorator]
    def predicate(user: User, project: Project | None) -> bool:
        return project is not None and bool(user_roles(user, project) & roles)

    return predicate


def user_roles(user: User, project: Project) -> set[str]:
    """The roles of a user in a project, asked of the database once per user object and project."""
    known: dict[object, set[str]] = user.__dict__.setdefault("_roles", {})
    if project.pk not in known:
        found = Membership.objects.filter(user=user, project=project).values_list("role", flat=True)
        known[project.pk] = set(found) if user.is_active else set()
    return known[project.pk]


def roles_keep(user: User, project: Project, roles: set[str]) -> None:
    """Remember the roles of an active user in a project, where they have been read along with something else."""
    user.__dict__.setdefault("_roles", {})[project.pk] = roles


@rules.predicate  # type: ignore[untyped-decorator]
def may_create(user: User) -> bool:
    """True for operators, and for whoever administers a project already."""
    if not user.is_active:
        return False
    return user.is_staff or Membership.objects.filter(user=user, role=Role.ADMINISTRATOR).exists()


for name, allowed in PERMISSIONS.items():
    rules.add_perm(name, holds(allowed))
rules.add_perm("projects.create", may_create)
