"""The image as the viewer first displays it, as a JPEG for pages and paper."""

from __future__ import annotations

import io
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from frontend.pages.image.lookup import image_for
from frontend.people import person
from overread.archive.models import Image
from overread.archive.queries import image_shown
from overread.audit.views import view_note
from overread.projects.queries import project_for

SIDE = 1600  # pixels on the longer side
QUALITY = 90  # of 100


@login_required
@require_GET
def picture(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    project = project_for(person(request), slug, "archive.view")
    image = image_for(project, pk)
    if image.status != Image.Status.READY:
        raise Http404("No such image.")
    view_note(user=person(request), image=pk, what="picture", project=project.pk)
    return HttpResponse(jpeg(image), content_type="image/jpeg")


def jpeg(image: Image) -> bytes:
    """A JPEG of the half-resolution rendition in true proportions, at most SIDE pixels on its longer side."""
    from PIL import Image as Picture  # here, so that a web process without this page starts without it

    drawn = Picture.fromarray(image_shown(image.rendering))
    tall = drawn.height * image.pixel_aspect
    scale = min(1.0, SIDE / max(drawn.width, tall))
    size = (max(1, round(drawn.width * scale)), max(1, round(tall * scale)))
    if size != drawn.size:
        drawn = drawn.resize(size, Picture.Resampling.BOX)
    out = io.BytesIO()
    drawn.save(out, "jpeg", quality=QUALITY)
    return out.getvalue()
