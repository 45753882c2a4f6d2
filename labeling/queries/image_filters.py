"""The filters for the images of a project, by name and value, as the data room and exports have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from labeling.queries.labels import with_labelled
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project

CASE = "case"
YES, NO, NOT_GIVEN = "yes", "no", "none"
YES_OR_NO = {"labels": Q(labelled=True), "set": Q(study__patient__reference=True)}
FIELDS = ("status", "view", "sex")
NAMES = (CASE, *FIELDS, *YES_OR_NO)


class UnknownFilter(ValueError):
    """There is no such filter, or it has no such value. The text names those there are."""


def images_filtered(project: Project, chosen: Mapping[str, Sequence[str]]) -> QuerySet[Image]:
    """The project's images that fit one of the values of every filter. Raises UnknownFilter."""
    images = with_labelled(project, images_in(project))
    for name, values in chosen.items():
        if name == CASE:
            for code in values:
                images = by_code(images, code)
        elif values:
            fits = Q()
            for value in values:
                fits |= image_condition(name, value)
            images = images.filter(fits)
    return images


def image_condition(name: str, value: str) -> Q:
    """Which images a value of a filter means. Raises UnknownFilter."""
    if name in YES_OR_NO:
        if value not in (YES, NO):
            raise UnknownFilter(f"The filter {name} takes {YES} or {NO}, not {value!r}.")
        return YES_OR_NO[name] if value == YES else ~YES_OR_NO[name]
    if name not in FIELDS:
        raise UnknownFilter(f"There is no filter {name!r}. There are {', '.join(NAMES)}.")
    if name == "status" and value not in Image.Status.values:
        raise UnknownFilter(f"The filter status takes {', '.join(Image.Status.values)}, not {value!r}.")
    if value == NOT_GIVEN:
        return Q(**{name: ""})
    return Q(**{name: value})


def by_code(images: QuerySet[Image], code: str) -> QuerySet[Image]:
    """The images whose case code begins with `code`: PX-, the patient's pseudonym, a dash, the image's key."""
    patient, _dash, image = code.upper().removeprefix("PX-").partition("-")
    if patient:
        images = images.filter(study__patient__pseudonym__istartswith=patient)
    if image:
        images = images.filter(pk__istartswith=image)
    return images
