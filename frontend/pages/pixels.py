"""Images as bytes: renditions for the viewer, thumbnails, and pictures with a map for the result page."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_GET

from frontend.people import person
from overread.archive import blobs
from overread.archive.models import Image, Rendering
from overread.archive.queries import image_visible

LEVELS = ("full", "half", "thumb")
PICTURES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


def _rendering(request: HttpRequest, pk: UUID) -> Rendering:
    image = image_visible(person(request), pk)
    if image is None or image.status != Image.Status.READY:
        raise Http404("No such image.")
    return image.rendering


def _digest(request: HttpRequest, pk: UUID, level: str) -> str | None:
    if not request.user.is_authenticated or level not in LEVELS:
        return None
    return f'"{getattr(_rendering(request, pk), level)}"'


@login_required
@require_GET
@condition(etag_func=_digest)
def page(request: HttpRequest, pk: UUID, level: str) -> HttpResponse:
    """`full` and `half`: gzip of little-endian uint16 (grey) or RGB uint8; `thumb`: a small picture. Content never
    changes.
    """
    if level not in LEVELS:
        raise Http404("No such level.")
    content = blobs.read(getattr(_rendering(request, pk), level))
    if level == "thumb":
        response = HttpResponse(content, content_type=PICTURES.get(content[:2], "application/octet-stream"))
    else:
        response = HttpResponse(content, content_type="application/octet-stream")
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
