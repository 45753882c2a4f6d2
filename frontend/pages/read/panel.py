"""What the panel's templates are given of a case. In mode blind nothing of it knows the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from django.utils.translation import gettext as _

from frontend.pages.read.case import digit
from frontend.pages.read.contract import CaseState
from frontend.pages.read.opened import OpenCase
from frontend.pages.read.referrals import sent_words
from frontend.pages.read.suggestions import Suggestion, suggestion_context
from labeling.models import Confidence, Read
from labeling.queries.disputed import DisputedRead
from labeling.queries.reads import blind_read
from labeling.values import value_words
from overread.projects.models import Finding


@dataclass(frozen=True)
class FirstRead:
    """What the reader answered blind, as it is stored and in words."""

    value: str
    text: str


class OtherAnswer(TypedDict):
    """What one of the disputing readers says of a finding."""

    letter: str
    text: str


class Others(TypedDict):
    others: list[OtherAnswer]
    differ: bool


class Against(TypedDict, total=False):
    """The answer that the model contradicts, and its words; both are left out where it contradicts none."""

    against: str
    against_text: str


class Tag(TypedDict):
    glyph: str
    text: str
    tone: str


class FindingLine(Suggestion, Against, Others):
    """One finding: its question, its answer, and what the model and other readers say where that is shown."""

    slug: str
    name: str
    kind: str
    options: list[str]
    unit: str
    key: int | None
    value: str | None
    first_read: FirstRead | None
    tags: list[Tag]


class ConfidenceStep(TypedDict):
    value: str
    short: str
    name: str


class Panel(TypedDict):
    mode: CaseState
    model_name: str
    findings: list[FindingLine]
    maps: list[str]
    notice: str
    indication: NotRequired[str]
    asked: NotRequired[str]
    comment: str
    adjudicates: bool
    others_comments: list[tuple[str, str]]
    has_binary: bool
    confidence: str
    confidence_steps: list[ConfidenceStep]


def panel_context(case: OpenCase) -> Panel:
    """Everything that panel.html needs."""
    outputs = case.prediction.outputs if case.prediction else {}
    answers = {answer.finding.slug: answer.value for answer in case.read.answers.all()} if case.read else {}
    first = first_read(case)
    findings = [
        finding_line(finding, number, outputs.get(finding.slug), answers.get(finding.slug), first, case)
        for number, finding in enumerate(case.assignment.project.findings.all(), start=1)
    ]
    return {
        "mode": "open" if case.state == "done" else case.state,
        "model_name": case.prediction.pipeline.name if case.prediction else "",
        "findings": findings,
        "maps": [slug for slug, output in outputs.items() if "probability" in output],
        "notice": notice(case),
        "indication": case.assignment.image.indication,
        "asked": asked(case),
        "comment": case.read.comment if case.read else "",
        "adjudicates": bool(case.disputed),
        "others_comments": [(read.letter, read.comment) for read in case.disputed if read.comment],
        "has_binary": any(finding["kind"] == Finding.Kind.BINARY for finding in findings),
        "confidence": confidence(case),
        "confidence_steps": confidence_steps(),
    }


def finding_line(
    finding: Finding,
    number: int,
    said: Mapping[str, Any] | None,
    value: str | None,
    first: Mapping[str, FirstRead],
    case: OpenCase,
) -> FindingLine:
    """`said` is what the model says of the finding, `value` the reader's own standing answer."""
    shown: Suggestion = suggestion_context(said, finding) if said else {"probability_text": None}
    return {
        "slug": finding.slug,
        "name": finding.name,
        "kind": finding.kind,
        "options": finding.options,
        "unit": finding.unit,
        "key": digit(number),
        "value": value,
        "first_read": first.get(finding.slug),
        "tags": [],
        **shown,
        **against_context(case.against(finding.slug)),
        **others_context(finding.slug, case.disputed),
    }


def others_context(slug: str, disputed: Sequence[DisputedRead]) -> Others:
    """What each of the disputed reads says of a finding, and whether they differ in it."""
    said = [(read.letter, read.answers[slug]) for read in disputed if slug in read.answers]
    others: list[OtherAnswer] = [{"letter": letter, "text": value_words(value)} for letter, value in said]
    return {"others": others, "differ": len({value for _letter, value in said}) > 1}


def against_context(against: str | None) -> Against:
    return {"against": against, "against_text": value_words(against)} if against else {}


def confidence(case: OpenCase) -> str:
    """What the reader said themselves, where they amend it; how sure they were blind is not carried over."""
    own = case.read
    return own.confidence if own and (case.state == "blind" or own.phase != Read.Phase.BLIND) else ""


def confidence_steps() -> list[ConfidenceStep]:
    """What the control offers; the first is that nothing is said."""
    return [
        {"value": "", "short": "–", "name": _("not given")},
        {"value": Confidence.LOW, "short": _("Low"), "name": _("low")},
        {"value": Confidence.MEDIUM, "short": _("Medium"), "name": _("medium")},
        {"value": Confidence.HIGH, "short": _("High"), "name": _("high")},
    ]


def notice(case: OpenCase) -> str:
    if case.state == "blind":
        return ""
    if case.waiting:
        return _("The suggestion for this case is still being made. Read as usual.")
    return "" if case.prediction else _("There is no model yet. Read as usual.")


def asked(case: OpenCase) -> str:
    """Why the reader has this case, where a colleague sent it or they amend their own read of it."""
    if case.assignment.amending:
        return _("You are amending your stored read: %(reason)s") % {"reason": case.assignment.amending}
    return sent_words(case.assignment, known=case.state != "blind")


def first_read(case: OpenCase) -> dict[str, FirstRead]:
    """After the reveal: finding slug → the blind answer."""
    if case.state != "revealed":
        return {}
    blind = blind_read(assignment=case.assignment)
    answers = blind.answers.all() if blind else ()
    return {answer.finding.slug: FirstRead(answer.value, value_words(answer.value)) for answer in answers}
