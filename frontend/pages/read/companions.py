"""What hangs beside the image that is read: pixels and what they are of, never an answer to them or a prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _

from frontend.image_words import label_words, span_words
from frontend.pages.read.contract import Companion
from frontend.pages.read.images import image_data
from overread.archive.models import Image
from overread.archive.queries import companions_in
from overread.projects.models import Project


def companions_data(project: Project, images: Sequence[Image]) -> dict[UUID, list[Companion]]:
    """For each of these images what the script gets to hang beside it; one question for them all."""
    beside = companions_in(project, images)
    return {
        image.pk: [_data("study", label_words(other) or _("Same study"), other) for other in beside[image.pk].study]
        + [_data("prior", prior_words(other, image), other) for other in beside[image.pk].priors]
        for image in images
    }


def _data(role: Literal["prior", "study"], label: str, image: Image) -> Companion:
    if image.frames > 1:
        label = _("%(label)s, frame 1 of %(count)d") % {"label": label, "count": image.frames}
    return {"role": role, "label": label, "image": image_data(image)}


def prior_words(prior: Image, image: Image) -> str:
    """Dates are shifted per patient, intervals are true."""
    days = (image.study.day or 0) - (prior.study.day or 0)
    interval = _("Prior, %(interval)s earlier") % {"interval": span_words(days)}
    return f"{interval} · {label_words(prior)}" if prior.view else interval
