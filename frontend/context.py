"""What every page is given: where one can go from here."""

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
    ("receipts", _("Your reads"), "labeling.read"),
    ("project-data", _("Data"), "archive.view"),
    ("upload", _("Upload"), "archive.upload"),
    ("project-models", _("Model"), "inference.view"),
    ("project-worth", _("Selection"), "labeling.select"),
    ("project-training", _("Training"), "training.view"),
    ("project-settings", _("Settings"), "projects.administer"),
)


@dataclass(frozen=True)
class Item:
    label: Any
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The pages this user may open in the project at hand, or the way to the projects; and the operator's pages."""
    user, match = getattr(request, "user", None), request.resolver_match
    if not isinstance(user, User) or match is None:
        return {}
    items = []
    if slug := match.kwargs.get("slug"):
        project = project_named(slug)
        for name, label, permission in PAGES:
            if project and user.has_perm(permission, project):
                url = reverse(name, args=[slug])
                here = (
                    request.path == url if name == "project" else request.path.startswith(url)
                )  # all others lie below it
                items.append(Item(label, url, here))
    else:
        items.append(Item(_("Projects"), reverse("home"), request.path == reverse("home")))
    if user.is_staff:
        items += [
            Item(label, reverse(name), request.path.startswith(reverse(name)))
            for name, label in (("jobs", _("Jobs")), ("accounts", _("Accounts")), ("audit-log", _("Audit")))
        ]
    return {"navigation": items}


def preferences(request: HttpRequest) -> dict[str, Any]:
    """How the person at hand has the pages, asked for by the pages that ask."""
    user = getattr(request, "user", None)
    return {"preferences": SimpleLazyObject(lambda: preferences_of(user) if isinstance(user, User) else Preferences())}
