"""The ways to narrow the images of a project, one line each; nothing here knows the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project

Words = str | Promise


@dataclass(frozen=True)
class Choice:
    """One box to tick: what it selects, how many images it holds, whether it is ticked."""

    value: str
    words: Words
    condition: Q
    count: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """Choices of one kind; an image is kept when it fits any that is ticked, or when none is."""

    name: str
    legend: Words
    choices: tuple[Choice, ...]

    @property
    def condition(self) -> Q:
        kept = Q()
        for choice in self.choices:
            if choice.chosen:
                kept |= choice.condition
        return kept


def facets(user: User, project: Project, images: QuerySet[Image], asked: QueryDict) -> list[Facet]:
    """Every facet this user may see, counted over all images, with what `asked` ticks. Unknown values tick nothing."""
    known = [replace(facet, choices=tuple(_ticked(facet, asked))) for facet in _facets(user, project, images)]
    conditions = {
        f"{facet.name}_{row}": choice.condition for facet in known for row, choice in enumerate(facet.choices)
    }
    counts = images.order_by().aggregate(**{key: Count("pk", filter=one) for key, one in conditions.items()})
    return [replace(facet, choices=tuple(_counted(facet, counts))) for facet in known]


def _ticked(facet: Facet, asked: QueryDict) -> Iterator[Choice]:
    chosen = asked.getlist(facet.name)
    return (replace(choice, chosen=choice.value in chosen) for choice in facet.choices)


def _counted(facet: Facet, counts: dict[str, int]) -> Iterator[Choice]:
    return (replace(choice, count=counts[f"{facet.name}_{row}"]) for row, choice in enumerate(facet.choices))


def _facets(user: User, project: Project, images: QuerySet[Image]) -> Iterator[Facet]:
    yield Facet("status", _("Status"), tuple(_status()))
    yield Facet("view", _("View"), tuple(_named("view", images)))
    yield Facet("sex", _("Sex"), tuple(_named("sex", images)))
    if user.has_perm("labeling.view", project):
        yield Facet("labels", _("Labels"), tuple(_yes_no(_("Labelled"), _("Not labelled"), Q(labelled=True))))
    if user.has_perm("training.view", project):
        of_reference = Q(study__patient__reference=True)
        yield Facet("set", _("Set"), tuple(_yes_no(_("Reference set"), _("For training"), of_reference)))


def _status() -> Iterator[Choice]:
    for status, words in STATUS.items():
        yield Choice(status.value, words, Q(status=status))


STATUS = {
    Image.Status.READY: _("Ready"),
    Image.Status.RECEIVED: _("Being decoded"),
    Image.Status.QUARANTINED: _("In quarantine"),
}
SEXES = {"F": _("Female"), "M": _("Male"), "O": _("Other")}
MOST = 8


def _named(field: str, images: QuerySet[Image]) -> Iterator[Choice]:
    """The commonest values of a field, and those images in which it is not given."""
    counted = images.order_by().exclude(**{field: ""}).values_list(field).annotate(n=Count("pk")).order_by("-n", field)
    for value, _n in counted[:MOST]:
        yield Choice(value, SEXES.get(value, value) if field == "sex" else value, Q(**{field: value}))
    yield Choice("none", _("Not given"), Q(**{field: ""}))


def _yes_no(yes: Words, no: Words, condition: Q) -> Iterator[Choice]:
    yield Choice("yes", yes, condition)
    yield Choice("no", no, ~condition)
