"""Findings that readers propose, and an administrator's decision on them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import FindingProposal
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.projects.models import Finding, Project
from overread.projects.services import finding_add
from overread.projects.slugs import finding_slug, name_key, name_tidy

State = FindingProposal.State


class ProposalDecided(Exception):
    """This proposal is decided already. The text says how."""


@transaction.atomic
def proposal_make(
    *, project: Project, image: Image, reader: User, name: str, note: str = "", kind: str = Finding.Kind.BINARY
) -> FindingProposal:
    """Store a finding that a reader misses in the project. Proposing it again for the same image gives the same proposal.

    Raises ValidationError, which names the field, also if the project has a finding of this name already.
    """
    name = _tidy(name)
    if asked := _asked(project, name):
        raise ValidationError({"name": _("%(name)s is already a finding of this project.") % {"name": asked.name}})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two tabs at once make one proposal
    said = FindingProposal.objects.filter(project=project, image=image, reader=reader, name__iexact=name)
    if earlier := said.first():
        return earlier
    proposal = FindingProposal(
        project=project, image=image, reader=reader, name=name, note=note.strip(), kind=kind or Finding.Kind.BINARY
    )
    proposal.full_clean(exclude=["finding", "decided_by"])
    proposal.save()
    event_append(verb="proposal.make", actor=reader, target=proposal, project=project.pk)
    return proposal


@transaction.atomic
def proposal_accept(*, proposal: FindingProposal, actor: User, name: str = "", **fields: Any) -> Finding:
    """Add the finding to the project. `fields` are Finding's kind, options, unit, minimum and maximum.

    It comes last, so that no other finding changes its key on the keyboard. Cases that were given before may be submitted
    without it, models that do not know it stay in use, and runs learn it once it has labels. Every open proposal of this
    name is decided. Raises ProposalDecided, and ValidationError, which names the field.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=proposal.project_id)
    alike = _open_alike(proposal)
    name = _tidy(name or proposal.name)
    if _asked(project, name):
        raise ValidationError({"name": _("%(name)s is already a finding of this project.") % {"name": name}})
    last = project.findings.aggregate(order=Max("order"))["order"]
    finding = finding_add(
        project=project,
        slug=finding_slug(name, set(project.findings.values_list("slug", flat=True))),
        name=name,
        order=0 if last is None else last + 1,
        added_at=timezone.now(),
        **{"kind": proposal.kind} | fields,
    )
    count = alike.update(state=State.ACCEPTED, finding=finding, decided_by=actor, decided_at=timezone.now())
    event_append(
        verb="proposal.accept", actor=actor, target=proposal, project=project.pk, finding=finding.slug, proposals=count
    )
    proposal.refresh_from_db()
    return finding


@transaction.atomic
def proposal_decline(*, proposal: FindingProposal, actor: User, reason: str) -> FindingProposal:
    """Decline every open proposal of this name. Raises ProposalDecided, and ValidationError for the reason."""
    # Two administrators who decide at once stand in line: the second one is told that it is decided.
    Project.objects.select_for_update(no_key=True).get(pk=proposal.project_id)
    alike = _open_alike(proposal)
    reason = reason.strip()
    if not 0 < len(reason) <= 200:
        raise ValidationError({"reason": _("Give a reason of 200 characters or fewer.")})
    count = alike.update(state=State.DECLINED, reason=reason, decided_by=actor, decided_at=timezone.now())
    event_append(
        verb="proposal.decline",
        actor=actor,
        target=proposal,
        project=proposal.project_id,
        reason=reason,
        proposals=count,
    )
    proposal.refresh_from_db()
    return proposal


def _tidy(name: str) -> str:
    """The name without superfluous spaces. Raises ValidationError if nothing of it is visible."""
    tidy = name_tidy(name)
    if not tidy:
        raise ValidationError({"name": _("Give the finding a name with visible characters.")})
    return tidy


def _asked(project: Project, name: str) -> Finding | None:
    """The finding of the project that has this name, whatever its case, its spaces and the form of its characters."""
    return next((each for each in project.findings.all() if name_key(each.name) == name_key(name)), None)


def _open_alike(proposal: FindingProposal) -> QuerySet[FindingProposal]:
    """The open proposals of this name, with this one. Raises ProposalDecided if it is not open any more."""
    proposal.refresh_from_db()
    if proposal.state != State.OPEN:
        told = {"name": proposal.name, "state": proposal.get_state_display().lower()}
        raise ProposalDecided(_("%(name)s has already been %(state)s.") % told)
    return FindingProposal.objects.filter(project=proposal.project_id, name__iexact=proposal.name, state=State.OPEN)
