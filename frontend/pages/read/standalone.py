"""A case opened from the page of its image, outside the queue: every way out of it leads back to that page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from labeling.models import Assignment

STANDALONE = "?alone=1"


def is_standalone(request: HttpRequest) -> bool:
    return "alone" in request.GET


def image_url(assignment: Assignment) -> str:
    return reverse("image", args=[assignment.project.slug, assignment.image_id])


def case_url(assignment: Assignment, *, standalone: bool) -> str:
    """The reading page of this case."""
    return reverse("read", args=[assignment.project.slug, assignment.pk]) + (STANDALONE if standalone else "")
