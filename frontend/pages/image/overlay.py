"""Attention maps as overlays for the picture of an image."""

from __future__ import annotations

import io
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from frontend.pages.image.lookup import image_for
from frontend.people import person
from inference.models import Prediction
from inference.queries import attention_map, predictions_shown
from overread.archive.models import Image
from overread.archive.queries import image_padded
from overread.audit.views import view_note
from overread.projects.queries import project_for

SIDE = 512  # pixels on the longer side


@login_required
@never_cache
@require_GET
def overlay(request: HttpRequest, slug: str, pk: UUID, number: int, finding: str) -> HttpResponse:
    """One model's attention map of one finding, as an amber layer. Only of a prediction that this user was shown."""
    project = project_for(person(request), slug, "archive.view")
    image = image_for(project, pk)
    shown = predictions_shown(user=person(request), image=image, project=project)
    prediction = shown.filter(pipeline__number=number).first()
    if prediction is None or "probability" not in prediction.outputs.get(finding, {}):
        raise Http404("No attention map.")
    view_note(user=person(request), image=pk, what="map", project=project.pk)
    return HttpResponse(_overlay(prediction, finding, image), content_type="image/png")


def _overlay(prediction: Prediction, finding: str, image: Image) -> bytes:
    """A PNG, SIDE pixels long: the map at its place on the image, and none of it on padding. Opacity is attention."""
    from PIL import Image as Picture  # here, so that a web process without this page starts without it

    cells = attention_map(prediction, prediction.outputs[finding]["column"])
    across = SIDE / max(image.rows * image.pixel_aspect, image.columns)
    down = across * image.pixel_aspect
    size = (round(image.columns * across), round(image.rows * down))
    left, top, right, bottom = prediction.map_box
    x0 = round(left * across)
    x1 = round(right * across)
    y0 = round(top * down)
    y1 = round(bottom * down)
    alpha = Picture.new("L", size)
    scaled = Picture.fromarray(cells).resize((x1 - x0, y1 - y0), Picture.Resampling.BILINEAR)
    alpha.paste(scaled, (x0, y0))
    padded = image_padded(image.rendering)
    if padded is not None:
        # NEAREST: a mask has no half values.
        alpha.paste(0, mask=Picture.fromarray(padded).resize(size, Picture.Resampling.NEAREST))
    amber = Picture.new("RGBA", size, (255, 176, 32, 0))
    # Faint attention would only tint the image; the strongest still leaves half of it visible.
    amber.putalpha(alpha.point(lambda level: 0 if level < 64 else level // 2))
    out = io.BytesIO()
    amber.save(out, "png")
    return out.getvalue()
