"""The upload of images. A script sends one file a request; a browser without scripts sends a plain form."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontend.people import person
from frontend.problems import problem
from overread.archive.dicom import Busy, Refused
from overread.archive.services import Ingested, image_ingest
from overread.projects.models import Project
from overread.projects.queries import project_for


@sensitive_post_parameters("patient")
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; a POST stores. Never cached: the page lists file names, which may hold a patient's name."""
    project = project_for(person(request), slug, "archive.upload")
    if request.method == "GET":
        return render(request, "upload.html", {"project": project, "limit_mb": settings.UPLOAD_MAX_BYTES // 2**20})
    if "json" in request.headers.get("Accept", ""):
        return _from_script(request, project)
    return _from_form(request, project)


def _ingest(request: HttpRequest, project: Project, file: UploadedFile[Any]) -> Ingested:
    """Raises Refused and Busy. Refuses a file above the size limit before it is read."""
    # Before it is read: the whole content has to fit into memory.
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise Refused("too_large", f"The file is larger than {settings.UPLOAD_MAX_BYTES // 2**20} MB.")
    patient = request.POST.get("patient", "")
    return image_ingest(project=project, content=file.read(), source="upload", actor=person(request), patient=patient)


def _from_script(request: HttpRequest, project: Project) -> HttpResponse:
    files = request.FILES.getlist("file")
    if len(files) != 1:
        return problem(422, _("Nothing stored."), _("Send exactly one file a request."))
    try:
        ingested = _ingest(request, project, files[0])
    except Refused as refusal:
        return problem(422, _("Refused."), refusal.reason, code=refusal.code)
    except Busy:
        busy = problem(503, _("The server is busy."), _("Other files are being read. Send this one again."))
        busy["Retry-After"] = "10"  # seconds; a large file takes about that long to decode
        return busy
    image = ingested.image
    stored = {
        "url": reverse("image", args=[project.slug, image.pk]),
        "name": image.code,
        "created": ingested.new,
    }
    return JsonResponse(stored, status=201 if ingested.new else 200)


def _from_form(request: HttpRequest, project: Project) -> HttpResponse:
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a file first."))
    for file in files:
        try:
            ingested = _ingest(request, project, file)
        except Refused as refusal:
            messages.error(request, _("A file was refused: %s") % refusal.reason)
            continue
        except Busy:
            messages.error(request, _("Other files are being read. Send this one again."))
            continue
        messages.success(request, _("Stored."))
        if len(files) == 1:
            return redirect("image", project.slug, ingested.image.pk)
    return redirect("upload", project.slug)
