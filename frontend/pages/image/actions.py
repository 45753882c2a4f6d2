"""From the page of an image into reading it, and the word that it is one to be read."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from frontend.pages.image.finding import image_for
from frontend.pages.read.standalone import ALONE
from frontend.people import person
from labeling.services import assignment_open_single
from overread.archive.models import Image
from overread.archive.services import enrolment_admit
from overread.jobs.services import jobs_retry_of
from overread.projects.queries import project_for


@login_required
@require_POST
def read(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open this image for reading, by itself: the read leads back to the image's page."""
    project = project_for(person(request), slug, "labeling.read")
    image = image_for(project, pk)
    if image.status != Image.Status.READY or image.mismatch:
        return redirect("image", slug, pk)
    assignment = assignment_open_single(project=project, image=image, reader=person(request))
    return redirect(reverse("read", args=[slug, assignment.pk]) + ALONE)


@login_required
@require_POST
def admit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take the image for what the project reads, though it looks otherwise."""
    project = project_for(person(request), slug, "archive.upload")
    enrolment_admit(project=project, image=image_for(project, pk), actor=person(request))
    return redirect("image", slug, pk)


@login_required
@require_POST
def retry(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Try again what failed for good: decoding the image, or asking a model of it."""
    project = project_for(person(request), slug, "archive.upload")
    jobs_retry_of(image=image_for(project, pk).pk, project=project.pk, actor=person(request))
    return redirect("image", slug, pk)
