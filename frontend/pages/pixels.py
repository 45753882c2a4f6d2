"""Images as bytes: renditions for the viewer, thumbnails, and pictures with a map for the result page."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_GET

from frontend.people import person
from overread.archive import blobs
from overread.archive.queries import frame_asked, image_visible, level_digest

PICTURES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


def _digest(request: HttpRequest, pk: UUID, level: str) -> str:
    image = image_visible(person(request), pk)
    found = image and level_digest(image, level, frame_asked(request.GET.get("frame", "0")))
    if not found:
        raise Http404("No such image, level or frame.")
    return found


def _etag(request: HttpRequest, pk: UUID, level: str) -> str | None:
    return f'"{_digest(request, pk, level)}"' if request.user.is_authenticated else None


@login_required
@require_GET
@condition(etag_func=_etag)
def page(request: HttpRequest, pk: UUID, level: str) -> HttpResponse:
    """`full` and `half`: gzip of little-endian uint16 (grey) or RGB uint8; `thumb`: a small picture. Content never
    changes. `?frame=` counts from 0.
    """
    content = blobs.read(_digest(request, pk, level))
    if level == "thumb":
        response = HttpResponse(content, content_type=PICTURES.get(content[:2], "application/octet-stream"))
    else:
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
