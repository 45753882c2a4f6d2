"""What the buttons on the page of an image do."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from frontend.pages.image.lookup import image_for
from frontend.pages.read.standalone import STANDALONE
from frontend.people import person
from inference.services.overrules import NothingToOverrule
from inference.services.overrules import overrule as overrule_store
from labeling.services import assignment_open_single
from overread.archive.models import Image
from overread.archive.services import enrolment_admit
from overread.jobs.services import jobs_retry_of
from overread.projects.queries import project_for


@login_required
@require_POST
def read(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open this image for reading, outside the queue: the read leads back to the image's page."""
    project = project_for(person(request), slug, "labeling.read")
    image = image_for(project, pk)
    if image.status != Image.Status.READY or image.mismatch:
        return redirect("image", slug, pk)
    assignment = assignment_open_single(project=project, image=image, reader=person(request))
    return redirect(reverse("read", args=[slug, assignment.pk]) + STANDALONE)


@login_required
@require_POST
def admit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Accept the image for the project although it does not look like what the project reads."""
    project = project_for(person(request), slug, "archive.upload")
    enrolment_admit(project=project, image=image_for(project, pk), actor=person(request))
    return redirect("image", slug, pk)


@login_required
@require_POST
def overrule(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Have the image predicted and learned from although a stage of the model abstains from it."""
    project = project_for(person(request), slug, "inference.overrule")
    image = image_for(project, pk)
    try:
        overrule_store(project=project, image=image, by=person(request), reason=request.POST.get("reason", ""))
    except NothingToOverrule as refusal:
        messages.error(request, str(refusal))
    return redirect("image", slug, pk)


@login_required
@require_POST
def retry(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Retry the jobs that failed for good: decoding the image, or a model's prediction of it."""
    project = project_for(person(request), slug, "archive.upload")
    jobs_retry_of(image=image_for(project, pk).pk, project=project.pk, actor=person(request))
    return redirect("image", slug, pk)
