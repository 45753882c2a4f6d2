"""A case that was opened by itself, from the page of its image: every way out of it leads back there, none to the queue."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from labeling.models import Assignment

ALONE = "?alone=1"


def is_alone(request: HttpRequest) -> bool:
    return "alone" in request.GET


def image_url(assignment: Assignment) -> str:
    return reverse("image", args=[assignment.project.slug, assignment.image_id])


def by_itself(context: dict[str, Any], assignment: Assignment) -> dict[str, Any]:
    """The context of a case (turns.case_context), its addresses leading back to its image."""
    back = image_url(assignment)
    urls = {name: url + ALONE if url else url for name, url in context["case"]["urls"].items()}
    here = reverse("read", args=[assignment.project.slug, assignment.pk]) + ALONE
    return context | {
        "alone": True,
        "case": context["case"] | {"urls": urls | {"worklist": back}},
        "worklist_url": back,
        "sign_in_url": f"{reverse('sign-in')}?{urlencode({'next': here})}",
    }


def leaving(request: HttpRequest, assignment: Assignment, saved: dict[str, Any] | None) -> dict[str, Any]:
    """The turn that ends such a case; the page of the image then says that the read is stored."""
    if saved:
        messages.success(request, saved["message"] if saved["extra"] else _("Your read is stored."))
    back = image_url(assignment)
    finished = render_to_string("read/leaving.html", {"url": back})
    return {"upcoming": [], "last": "", "finished": finished, "url": back, "leave": back}
