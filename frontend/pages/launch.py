"""The entry from a PACS or a RIS by a signed link: sign-in if needed, then the page of the image."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.people import person
from overread.archive.launches import LaunchRefused, launch_open


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The image's page. Every bad link gets the same answer: the reason could tell which images there are."""
    try:
        project, image = launch_open(token=token, user=person(request))
    except LaunchRefused:
        return render(request, "launch.html", status=404)
    return redirect("image", project.slug, image.pk)
