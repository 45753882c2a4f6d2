"""The context of every page: the navigation and the person's preferences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from overread.accounts.models import Preferences, User
from overread.accounts.queries import preferences_of
from overread.projects.queries import project_named

PAGES = (
    ("project", _("Overview"), "projects.view"),
    ("worklist", _("Worklist"), "labeling.read"),
    ("my-reads", _("Your reads"), "labeling.read"),
    ("project-data", _("Data"), "archive.view"),
    ("upload", _("Upload"), "archive.upload"),
    ("data-sets", _("Data sets"), "training.import"),
    ("project-models", _("Model"), "inference.view"),
    ("project-worth", _("Selection"), "labeling.select"),
    ("project-training", _("Training"), "training.view"),
    ("project-settings", _("Settings"), "projects.administer"),
)


OPERATOR_PAGES = (("jobs", _("Jobs")), ("accounts", _("Accounts")), ("audit-log", _("Audit")))


@dataclass(frozen=True)
class NavigationItem:
    label: Any
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, list[NavigationItem]]:
    """The pages of the project that this user may open, or the list of projects; then the operator's pages."""
    user = getattr(request, "user", None)
    match = request.resolver_match
    if not isinstance(user, User) or match is None:
        return {}
    if slug := match.kwargs.get("slug"):
        items = project_items(user, slug, request.path)
    else:
        home = reverse("home")
        # All of them: without that word, the only project of somebody would open in place of the list.
        items = [NavigationItem(_("Projects"), f"{home}?all", request.path == home)]
    if user.is_staff:
        for name, label in OPERATOR_PAGES:
            url = reverse(name)
            items.append(NavigationItem(label, url, request.path.startswith(url)))
    return {"navigation": items}


def project_items(user: User, slug: str, path: str) -> list[NavigationItem]:
    project = project_named(slug)
    if project is None:
        return []
    items = []
    for name, label, permission in PAGES:
        if user.has_perm(permission, project):
            url = reverse(name, args=[slug])
            # Every page of a project lies below its overview.
            current = path == url if name == "project" else path.startswith(url)
            items.append(NavigationItem(label, url, current))
    return items


def preferences(request: HttpRequest) -> dict[str, SimpleLazyObject[Preferences]]:
    """The person's preferences. Lazy: a page that does not use them makes no query."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"preferences": SimpleLazyObject(Preferences)}
    return {"preferences": SimpleLazyObject(lambda: preferences_of(user))}
