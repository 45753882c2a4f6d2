"""Which waiting cases are open to a reader, in any order."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from inference.models import Exposure
from labeling.models import AnswersSeen, Assignment, Purpose, Read
from labeling.queries.referrals import MET
from labeling.services.order import before_outer
from overread.accounts.models import User
from overread.projects.models import Project, Role
from overread.projects.rules import user_roles

State = Assignment.State


def open_to(project: Project, reader: User) -> QuerySet[Assignment]:
    """The queued assignments this reader may take: a repeat only if they have not read the image since it was queued."""
    return open_to_roles(project, reader, user_roles(reader, project)).select_related("project", "image")


def open_to_roles(project: Project, reader: User, roles: Collection[str]) -> QuerySet[Assignment]:
    """Like `open_to`, for a reader whose roles are known already: a claim then asks for them once."""
    same_image = {"image": OuterRef("image"), "reader": reader}
    read_before = Read.objects.filter(project=project, **same_image)
    read_since = read_before.filter(created_at__gte=OuterRef("created_at"))
    met = Assignment.objects.filter(project=project, state__in=MET, **same_image)
    queue = _fit_for(project, reader, roles)
    return queue.exclude(Exists(read_before) & (Q(for_reader=None) | Exists(read_since))).exclude(Exists(met))


def one_an_image(queue: QuerySet[Assignment], project: Project, reader: User) -> QuerySet[Assignment]:
    """The first slot of each image among the assignments open to a reader, who takes one slot of an image at most.

    A repeat stays: if it is open to a reader, no other slot of its image is.
    """
    fit = _fit_for(project, reader, user_roles(reader, project))
    before = Exists(fit.filter(before_outer(), image=OuterRef("image")))
    return queue.exclude(Q(for_reader=None) & before)


def _fit_for(project: Project, reader: User, roles: Collection[str]) -> QuerySet[Assignment]:
    """The queued assignments that fit this reader."""
    return fitting(Assignment.objects.filter(project=project, state=State.QUEUED), reader, roles)


def fitting(cases: QuerySet[Assignment], reader: User, roles: Collection[str]) -> QuerySet[Assignment]:
    """Those of these assignments that fit a reader with these roles.

    Left out: those for another role or another reader, those that this reader sent, blind ones whose prediction they have
    seen, and known answers if they have seen others' answers. A repeat fits whatever its reader has seen: it comes after
    the washout.
    """
    told = AnswersSeen.objects.filter(user=reader, image=OuterRef("image"))
    seen = Exposure.objects.filter(user=reader, image=OuterRef("image"))
    fit = cases.filter(for_role__in=["", *sorted(roles)])
    fit = fit.filter(Q(for_reader=None) | Q(for_reader=reader)).exclude(sent_by=reader)
    fit = fit.exclude(Q(blind=True, for_reader=None) & Exists(seen)).exclude(Q(purpose=Purpose.GOLD) & Exists(told))
    if Role.ADJUDICATOR in roles:
        return fit
    return fit.exclude(purpose=Purpose.ADJUDICATE)
