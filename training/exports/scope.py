"""What an export is about: a project, filters, and whose eyes it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q, QuerySet

from inference.models import Pipeline
from inference.queries import champion_of
from labeling.queries.image_filters import NAMES, UnknownFilter, images_filtered
from labeling.queries.visibility import answers_withheld
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Finding, Project

FINDING, EXPOSURE, ORIGIN, MODEL = "finding", "exposure", "origin", "model"
KNOWN = {EXPOSURE: ("none", "shown"), ORIGIN: ("read", "adjudicated", "imported")}
FILTERS = (*NAMES, FINDING, EXPOSURE, ORIGIN, MODEL)
Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Scope:
    """`reader`: who reads in the project and asks. They get nothing of images that they are still to read blind."""

    project: Project
    filters: Filters = field(default_factory=dict)
    reader: User | None = None

    def check(self) -> None:
        """Raises UnknownFilter, which names the filters or values there are."""
        for name in self.filters:
            if name not in FILTERS:
                raise UnknownFilter(f"There is no filter {name!r}. There are {', '.join(FILTERS)}.")
        for name, known in KNOWN.items():
            for value in self.values(name):
                if value not in known:
                    raise UnknownFilter(f"The filter {name} takes {', '.join(known)}, not {value!r}.")
        self.images  # noqa: B018  (raises for what it does not know)
        self.findings  # noqa: B018
        self.pipeline  # noqa: B018

    def values(self, name: str) -> Sequence[str]:
        return self.filters.get(name, ())

    def having(self, **paths: str) -> Q:
        """The condition that rows have one of the values of the filters named, if there are any. Filter → path to it."""
        condition = Q()
        for name, path in paths.items():
            if self.values(name):
                condition &= Q(**{f"{path}__in": self.values(name)})
        return condition

    def of_images(self, path: str = "image") -> Q:
        """The condition that rows are of images that fit the filters, and that may leave."""
        condition = Q()
        if self.images is not None:
            condition &= Q(**{f"{path}__in": self.images.order_by().values("pk")})
        if self.reader is not None:
            condition &= ~Q(**{f"{path}__in": answers_withheld(user=self.reader, project=self.project)})
        return condition

    @cached_property
    def images(self) -> QuerySet[Image] | None:
        """The images that fit the filters; None where no filter is about images."""
        chosen = {name: values for name, values in self.filters.items() if name in NAMES and any(values)}
        if not chosen:
            return None
        return images_filtered(self.project, chosen)

    @cached_property
    def findings(self) -> dict[int, Finding]:
        """Key → finding, of those that fit the filters."""
        every = {finding.slug: finding for finding in self.project.findings.all()}
        for slug in self.values(FINDING):
            if slug not in every:
                raise UnknownFilter(f"The project has no finding {slug!r}. It has {', '.join(every)}.")
        chosen = self.values(FINDING) or every
        return {finding.pk: finding for finding in every.values() if finding.slug in chosen}

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """The model whose scores are meant: the one named by number, else the one in use, else the newest."""
        models = Pipeline.objects.filter(project=self.project).order_by("-number")
        if not self.values(MODEL):
            return champion_of(self.project) or models.first()
        number = self.values(MODEL)[0]
        found = models.filter(number=int(number)).first() if number.isdecimal() and len(number) < 10 else None
        if found is None or len(self.values(MODEL)) > 1:
            raise UnknownFilter(f"The filter model takes the number of one model of the project, not {number!r}.")
        return found
