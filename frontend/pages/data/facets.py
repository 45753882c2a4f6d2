"""The filters for the images of a project. None of them depends on a prediction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.queries.image_filters import NO, NOT_GIVEN, YES, image_condition
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project

Words = str | Promise


@dataclass(frozen=True)
class Choice:
    """One box to tick: the images it selects, how many they are, and whether it is ticked."""

    value: str
    words: Words
    condition: Q
    count: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """Choices of one kind. An image is kept when it fits any ticked choice, or when none is ticked."""

    name: str
    legend: Words
    choices: tuple[Choice, ...]

    @property
    def chosen(self) -> bool:
        return any(choice.chosen for choice in self.choices)

    @property
    def condition(self) -> Q:
        kept = Q()
        for choice in self.choices:
            if choice.chosen:
                kept |= choice.condition
        return kept


def facets(user: User, project: Project, images: QuerySet[Image], query: QueryDict) -> list[Facet]:
    """Every facet this user may see, counted over all images; `query` ticks choices. Unknown values tick nothing."""
    known = list(_facets(user, project, images))
    counts = _counts(known, images)
    filled = []
    for facet in known:
        ticked = query.getlist(facet.name)
        choices = []
        for row, choice in enumerate(facet.choices):
            choices.append(replace(choice, count=counts[f"{facet.name}_{row}"], chosen=choice.value in ticked))
        filled.append(replace(facet, choices=tuple(choices)))
    return filled


def _counts(known: list[Facet], images: QuerySet[Image]) -> dict[str, int]:
    """Facet and row of each choice → its images. One query counts them all."""
    # By row and not by value: a value from a header need not be a name that SQL takes.
    counts = {}
    for facet in known:
        for row, choice in enumerate(facet.choices):
            counts[f"{facet.name}_{row}"] = Count("pk", filter=choice.condition)
    counted: dict[str, int] = images.order_by().aggregate(**counts)
    return counted


def _facets(user: User, project: Project, images: QuerySet[Image]) -> Iterator[Facet]:
    yield Facet("status", _("Status"), tuple(_status()))
    yield Facet("view", _("View"), tuple(_named("view", images)))
    yield Facet("sex", _("Sex"), tuple(_named("sex", images)))
    if user.has_perm("labeling.view", project):
        yield Facet("labels", _("Labels"), tuple(_yes_no("labels", _("Labelled"), _("Not labelled"))))
    if user.has_perm("training.view", project):
        yield Facet("set", _("Set"), tuple(_yes_no("set", _("Reference set"), _("For training"))))


def _status() -> Iterator[Choice]:
    for status, words in STATUS.items():
        yield Choice(status.value, words, image_condition("status", status.value))


STATUS = {
    Image.Status.READY: _("Ready"),
    Image.Status.RECEIVED: _("Being decoded"),
    Image.Status.QUARANTINED: _("In quarantine"),
}
SEXES = {"F": _("Female"), "M": _("Male"), "O": _("Other")}
MOST = 8  # values of a field: headers hold many spellings, and the rare ones are of no use as a filter


def _named(field: str, images: QuerySet[Image]) -> Iterator[Choice]:
    """The commonest values of a field, and the images without one."""
    given = images.order_by().exclude(**{field: ""})
    counted = given.values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    for value, _n in counted[:MOST]:
        words = SEXES.get(value, value) if field == "sex" else value
        yield Choice(value, words, image_condition(field, value))
    yield Choice(NOT_GIVEN, _("Not given"), image_condition(field, NOT_GIVEN))


def _yes_no(name: str, yes: Words, no: Words) -> Iterator[Choice]:
    yield Choice(YES, yes, image_condition(name, YES))
    yield Choice(NO, no, image_condition(name, NO))
