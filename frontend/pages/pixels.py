"""The pixels of images: renditions for the viewer, and thumbnails."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from frontend.people import person
from overread.archive import blobs
from overread.archive.queries import frame_asked, image_visible, level_digest
from overread.audit.views import view_note

MEDIA_TYPES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}  # by a file's first two bytes


def _digest(request: HttpRequest, pk: UUID, level: str) -> str:
    image = image_visible(person(request), pk)
    found = image and level_digest(image, level, frame_asked(request.GET.get("frame", "0")))
    if not found:
        raise Http404("No such image, level or frame.")
    return found


@login_required
@require_GET
def page(request: HttpRequest, pk: UUID, level: str) -> HttpResponse:
    """`full` and `half`: gzip of little-endian uint16 (grey) or uint8 (RGB). `thumb`: a small JPEG, PNG or WebP.

    `?frame=` counts from 0.
    """
    content = blobs.read(_digest(request, pk, level))
    view_note(user=person(request), image=pk, what=level)
    if level == "thumb":
        response = HttpResponse(content, content_type=MEDIA_TYPES.get(content[:2], "application/octet-stream"))
    else:
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
    response["X-Content-Type-Options"] = "nosniff"  # pixels could be made to look like a page
    return response
