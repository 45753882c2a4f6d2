"""The findings of a project that is not there yet: what is wrong with them, and the slugs they get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from django.utils.translation import gettext as _

from overread.projects.models import Finding
from overread.projects.slugs import finding_slug, name_key, name_tidy
from overread.projects.templates import NewFinding

MOST_FINDINGS = 300


def questions_wrong(findings: Sequence[NewFinding]) -> dict[str, str]:
    """What is wrong with the findings, by place, beside what a finding by itself refuses."""
    if not findings:
        return {"findings": _("Ask at least one finding.")}
    if len(findings) > MOST_FINDINGS:
        told = {"most": MOST_FINDINGS, "given": len(findings)}
        return {"findings": _("%(given)d findings are too many: %(most)d at most.") % told}
    errors = _names_wrong([finding.name for finding in findings])
    for place, finding in enumerate(findings):
        for field, said in (_options_wrong(finding) | _limits_wrong(finding)).items():
            errors[f"findings.{place}.{field}"] = said
    return errors


def questions_of(findings: Sequence[NewFinding]) -> list[NewFinding]:
    """The findings with tidy names and a slug each."""
    taken = {finding.slug for finding in findings if finding.slug}
    questions = []
    for finding in findings:
        slug = finding.slug or finding_slug(finding.name, taken)
        taken.add(slug)
        options = tuple(option.strip() for option in finding.options)
        questions.append(
            NewFinding(
                name_tidy(finding.name),
                finding.kind,
                options,
                finding.unit.strip(),
                finding.minimum,
                finding.maximum,
                slug,
            )
        )
    return questions


def _names_wrong(names: Sequence[str]) -> dict[str, str]:
    """A name that cannot be seen, or that two findings share but for case, spaces and form of its characters."""
    errors = {}
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        key = name_key(name)
        if not name_tidy(name):
            errors[f"findings.{place}.name"] = _("Give the finding a name with visible characters.")
        elif key in first:
            told = {"name": name_tidy(name), "first": first[key] + 1}
            errors[f"findings.{place}.name"] = _("%(name)s is finding %(first)d already.") % told
        first.setdefault(key, place)
    return errors


def _options_wrong(finding: NewFinding) -> dict[str, str]:
    """Options that are empty, look the same, or belong to another kind of finding."""
    options = Counter(name_key(option) for option in finding.options)
    if options and finding.kind != Finding.Kind.CATEGORICAL:
        return {"options": _("Only a finding with several options has them.")}
    if "" in options:
        return {"options": _("An option is empty.")}
    if options and max(options.values()) > 1:
        return {"options": _("Two options are the same.")}
    return {}


def _limits_wrong(finding: NewFinding) -> dict[str, str]:
    """A unit or limits that belong to another kind of finding, and limits that are no numbers."""
    measured = finding.kind == Finding.Kind.MEASUREMENT
    errors = {}
    if finding.unit and not measured:
        errors["unit"] = _("Only a measurement has a unit.")
    for field, limit in (("minimum", finding.minimum), ("maximum", finding.maximum)):
        if limit is None:
            continue
        if not measured:
            errors[field] = _("Only a measurement has limits.")
        elif not isfinite(limit):
            errors[field] = _("Give a number.")
    return errors
