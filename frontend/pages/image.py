"""One image: what became of it, what the model says of it where that may be shown, and the way to answer it."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from frontend.cases import patient_context
from frontend.people import person
from frontend.suggestions import suggestion_context
from inference.models import Exposure, Prediction
from inference.queries import attention_map, champion_of
from inference.services import prediction_ensure, prediction_show
from inference.services.predictions import NotScored
from labeling.queries import newest_read, prediction_allowed
from labeling.services import assignment_open_single
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project
from overread.projects.queries import project_for


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The whole page, or only the part that changes while the image is on its way."""
    project = project_for(person(request), slug, "archive.view")
    image = _image(project, pk)
    template = "image/state.html" if request.headers.get("HX-Request") else "image.html"
    return render(request, template, _context(request, project, image))


def _image(project: Project, pk: UUID) -> Image:
    image = images_in(project).filter(pk=pk).first()
    if image is None:
        raise Http404("No such image.")
    return image


def _context(request: HttpRequest, project: Project, image: Image) -> dict[str, Any]:
    allowed = prediction_allowed(user=person(request), project=project, image=image)
    prediction = _prediction(request, project, image) if allowed and image.status == Image.Status.READY else None
    asked = {finding.slug: finding for finding in project.findings.all()}
    pending = image.status == Image.Status.RECEIVED or (
        allowed and image.status == Image.Status.READY and prediction is None and champion_of(project) is not None
    )
    return {
        "project": project,
        "image": image,
        "patient": patient_context(image),
        "allowed": allowed,
        "prediction": prediction,
        "pending": pending,
        "findings": [
            {"slug": slug, "name": asked[slug].name, **suggestion_context(said, asked[slug])}
            for slug, said in (prediction.outputs.items() if prediction else ())
            if slug in asked
        ],
        "own": newest_read(project=project, image=image, reader=person(request)),
        "may_read": person(request).has_perm("labeling.read", project) and image.status == Image.Status.READY,
    }


def _prediction(request: HttpRequest, project: Project, image: Image) -> Prediction | None:
    pipeline = champion_of(project)
    if pipeline is None:
        return None
    try:
        prediction = prediction_ensure(pipeline=pipeline, image=image)
    except NotScored:
        return None
    prediction_show(prediction=prediction, user=person(request))
    return prediction


@login_required
@require_POST
def read(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open this image for reading."""
    project = project_for(person(request), slug, "labeling.read")
    image = _image(project, pk)
    if image.status != Image.Status.READY:
        return redirect("image", slug, pk)
    assignment = assignment_open_single(project=project, image=image, reader=person(request))
    return redirect("read", slug, assignment.pk)


@login_required
@never_cache
@require_GET
def overlay(request: HttpRequest, slug: str, pk: UUID, finding: str) -> HttpResponse:
    """The attention map of one finding as a picture to lie over the image: amber, its opacity the attention."""
    project = project_for(person(request), slug, "archive.view")
    image = _image(project, pk)
    shown = Exposure.objects.filter(user=person(request), image=image, prediction__pipeline__project=project)
    newest = shown.select_related("prediction").order_by("-at").first()
    if newest is None or "probability" not in newest.prediction.outputs.get(finding, {}):
        raise Http404("No attention map.")
    return HttpResponse(_overlay(newest.prediction, finding, image), content_type="image/png")


def _overlay(prediction: Prediction, finding: str, image: Image) -> bytes:
    """PNG at thumbnail size, with the map laid where it belongs on the image."""
    from PIL import Image as Picture

    cells = attention_map(prediction, prediction.outputs[finding]["column"])
    scale = 512 / max(image.rows, image.columns)
    size = (round(image.columns * scale), round(image.rows * scale))
    x0, y0, x1, y1 = (round(edge * scale) for edge in prediction.map_box)
    alpha = Picture.new("L", size)
    alpha.paste(Picture.fromarray(cells).resize((x1 - x0, y1 - y0), Picture.Resampling.BILINEAR), (x0, y0))
    amber = Picture.new("RGBA", size, (255, 176, 32, 0))
    amber.putalpha(alpha.point(lambda level: 0 if level < 64 else level // 2))
    out = io.BytesIO()
    amber.save(out, "png")
    return out.getvalue()
