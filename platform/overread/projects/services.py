"""Writes about projects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Required, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.audit.services import event_append
from overread.events import announce
from overread.projects.events import PolicyChanged
from overread.projects.models import Finding, Membership, Project, Role

RESERVED = frozenset({"new"})  # what a page is called where a project's slug would stand


class FindingSpec(TypedDict, total=False):
    """One question of a new project, by the names of Finding's fields."""

    slug: Required[str]
    name: Required[str]
    kind: Literal["binary", "categorical", "measurement"]
    options: list[str]
    unit: str
    minimum: float | None
    maximum: float | None
    urgent: bool
    quota: float


@transaction.atomic
def project_create(
    *,
    slug: str,
    name: str,
    modality: str,
    findings: Sequence[FindingSpec],
    actor: User | None = None,
    **policies: Any,
) -> Project:
    """A project with its findings. Raises ValidationError naming the field."""
    if slug in RESERVED:
        raise ValidationError({"slug": _("No project can have this address.")})
    project = Project(slug=slug, name=name, modality=modality, **policies)
    project.full_clean()
    project.save()
    for order, fields in enumerate(findings):
        finding_add(project=project, order=order, **fields)
    event_append(verb="project.create", actor=actor, target=project, project=project.pk)
    return project


def finding_add(*, project: Project, **fields: Any) -> Finding:
    """Add one question. A categorical finding needs two options or more, a measurement a unit."""
    finding = Finding(project=project, **fields)
    finding.full_clean()
    finding_check(finding)
    finding.save()
    return finding


def finding_check(finding: Finding) -> None:
    """Raises ValidationError naming the field where kind, options, unit and limits do not go together."""
    if finding.kind == Finding.Kind.CATEGORICAL and len(set(finding.options)) < 2:
        raise ValidationError(
            {"options": _("%s: a categorical finding needs two different options or more.") % finding.name}
        )
    if finding.kind == Finding.Kind.MEASUREMENT and not finding.unit:
        raise ValidationError({"unit": _("%s: a measurement needs a unit.") % finding.name})
    if finding.minimum is not None and finding.maximum is not None and finding.minimum >= finding.maximum:
        raise ValidationError({"minimum": _("%s: the minimum lies below the maximum.") % finding.name})


@transaction.atomic
def membership_add(*, project: Project, user: User, role: Role, actor: User | None = None) -> Membership:
    """Give a user a role; giving it twice changes nothing."""
    membership, made = Membership.objects.get_or_create(project=project, user=user, role=role)
    if made:
        event_append(verb="membership.add", actor=actor, target=user, project=project.pk, role=str(role))
    user.__dict__.pop("_roles", None)
    return membership


@transaction.atomic
def project_change(*, project: Project, actor: User, **policies: Any) -> Project:
    """Change policies. Raises ValidationError naming the field; the change and its old values go to the audit log."""
    before = {name: getattr(project, name) for name in policies}
    for name, value in policies.items():
        setattr(project, name, value)
    project.full_clean()
    project.save(update_fields=list(policies))
    changed = {name: [before[name], value] for name, value in policies.items() if before[name] != value}
    event_append(verb="project.change", actor=actor, target=project, project=project.pk, changed=changed)
    announce(PolicyChanged(project.pk, frozenset(changed)))
    return project


def project_lock(project: Project) -> Project:
    """The project as it is stored, within a transaction: nobody changes it until that is over."""
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)


@transaction.atomic
def findings_mark_urgent(*, project: Project, actor: User, slugs: Collection[str]) -> None:
    """Make these findings of a project urgent, and no others. Raises ValidationError for one that cannot be."""
    findings = {finding.slug: finding for finding in Finding.objects.select_for_update().filter(project=project)}
    for slug in slugs:
        if slug not in findings:
            raise ValidationError({"urgent": _("There is no finding %(slug)s in this project.") % {"slug": slug}})
        if findings[slug].kind != Finding.Kind.BINARY:
            raise ValidationError(
                {
                    "urgent": _("%(finding)s has no threshold: only a binary finding is urgent.")
                    % {"finding": findings[slug].name}
                }
            )
    before = sorted(slug for slug, finding in findings.items() if finding.urgent)
    if before == sorted(set(slugs)):
        return
    for urgent in (True, False):
        marked = [finding.pk for slug, finding in findings.items() if (slug in slugs) == urgent]
        Finding.objects.filter(pk__in=marked).update(urgent=urgent)
    changed = {"urgent": [before, sorted(set(slugs))]}
    event_append(verb="project.change", actor=actor, target=project, project=project.pk, changed=changed)
    announce(PolicyChanged(project.pk, frozenset(changed)))


@transaction.atomic
def findings_quota(*, project: Project, actor: User, quotas: Mapping[str, float]) -> None:
    """Give findings, by slug, their share of the strategy's picks, and none to the others. Raises ValidationError for a
    finding that is not there or cannot have one, a share outside 0..1, or shares above 1 together.
    """
    findings = {finding.slug: finding for finding in Finding.objects.select_for_update().filter(project=project)}
    if unknown := set(quotas) - set(findings):
        told = {"slug": ", ".join(sorted(unknown))}
        raise ValidationError({"quota": _("There is no finding %(slug)s in this project.") % told})
    if not sum(quotas.values()) <= 1 + 1e-9:  # nor is a share that is no number
        raise ValidationError({"quota": _("The findings' shares are at most 1 together.")})
    before = {slug: finding.quota for slug, finding in findings.items() if finding.quota}
    for slug, finding in findings.items():
        finding.quota = quotas.get(slug, 0.0)
        finding.clean_fields()
        if finding.quota and finding.kind == Finding.Kind.MEASUREMENT:
            told = {"finding": finding.name}
            raise ValidationError({"quota": _("%(finding)s is a measurement: it has no share of the picks.") % told})
        finding.save(update_fields=["quota"])
    after = {slug: finding.quota for slug, finding in findings.items() if finding.quota}
    if after != before:
        changed = {"quota": [before, after]}
        event_append(verb="project.change", actor=actor, target=project, project=project.pk, changed=changed)


@transaction.atomic
def membership_remove(*, membership: Membership, actor: User | None = None) -> None:
    """Take a role away. Raises ValidationError where it is the last administrator's."""
    project = Project.objects.select_for_update().get(pk=membership.project_id)
    administrators = Membership.objects.filter(project=project, role=Role.ADMINISTRATOR, user__is_active=True)
    if membership.role == Role.ADMINISTRATOR and not administrators.exclude(pk=membership.pk).exists():
        raise ValidationError(_("A project keeps at least one administrator. Give somebody else the role first."))
    event_append(
        verb="membership.remove", actor=actor, target=membership.user, project=project.pk, role=membership.role
    )
    membership.user.__dict__.pop("_roles", None)
    membership.delete()
