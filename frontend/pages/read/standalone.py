"""A case that was opened by itself, from the page of its image: every way out of it leads back there, none to the queue."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from labeling.models import Assignment

ALONE = "?alone=1"


def is_alone(request: HttpRequest) -> bool:
    return "alone" in request.GET


def image_url(assignment: Assignment) -> str:
    return reverse("image", args=[assignment.project.slug, assignment.image_id])


def case_url(assignment: Assignment, *, alone: bool) -> str:
    """The reading page of this case."""
    return reverse("read", args=[assignment.project.slug, assignment.pk]) + (ALONE if alone else "")
