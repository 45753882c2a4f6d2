"""The images that hang beside the one being read: their pixels and labels, never an answer or a prediction."""

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
    """Image → its companions: first the others of its study, then the priors. One query finds them for all images."""
    companions = companions_in(project, images)
    found = {}
    for image in images:
        beside = companions[image.pk]
        listed = []
        for other in beside.study:
            listed.append(_data("study", label_words(other) or _("Same study"), other))
        for prior in beside.priors:
            listed.append(_data("prior", prior_words(prior, image), prior))
        found[image.pk] = listed
    return found


def _data(role: Literal["prior", "study"], label: str, image: Image) -> Companion:
    if image.frames > 1:
        label = _("%(label)s, frame 1 of %(count)d") % {"label": label, "count": image.frames}
    return {"role": role, "label": label, "image": image_data(image)}


def prior_words(prior: Image, image: Image) -> str:
    """ "Prior, 5 months earlier · lateral"."""
    # Dates are shifted by one number of days per patient, so that intervals are true.
    days = (image.study.day or 0) - (prior.study.day or 0)
    interval = _("Prior, %(interval)s earlier") % {"interval": span_words(days)}
    if not prior.view:
        return interval
    return f"{interval} · {label_words(prior)}"
