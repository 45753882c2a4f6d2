"""Findings that readers have proposed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from labeling.models import FindingProposal
from labeling.queries.visibility import answers_withheld
from overread.accounts.models import User
from overread.projects.models import Project


@dataclass(frozen=True)
class Proposed:
    """A name that readers have proposed, with every open proposal of it, newest first."""

    name: str
    proposals: tuple[FindingProposal, ...]

    @property
    def readers(self) -> int:
        return len({proposal.reader_id for proposal in self.proposals})


def proposals_for(*, user: User, project: Project) -> QuerySet[FindingProposal]:
    """The proposals this user may see: their own, and for an administrator everybody's.

    An administrator who also reads does not see those of images that wait to be read blind and that they have not read.
    """
    rows = FindingProposal.objects.filter(project=project).select_related("image__study__patient", "reader", "finding")
    mine = Q(reader=user)
    if not user.has_perm("projects.administer", project):
        return rows.filter(mine)
    return rows.filter(mine | ~Q(image__in=answers_withheld(user=user, project=project)))


def proposed_names(*, user: User, project: Project) -> list[Proposed]:
    """The names that are proposed and not decided, the most often proposed first."""
    found: dict[str, list[FindingProposal]] = {}
    waiting = proposals_for(user=user, project=project).filter(state=FindingProposal.State.OPEN)
    for proposal in waiting.order_by("-at"):
        found.setdefault(proposal.name.casefold(), []).append(proposal)
    names = [Proposed(each[0].name, tuple(each)) for each in found.values()]
    return sorted(names, key=lambda each: -len(each.proposals))
