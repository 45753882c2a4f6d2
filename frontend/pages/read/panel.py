"""The context of the panel's templates. In mode blind it holds nothing of the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.pages.read.case import digit
from frontend.pages.read.contract import CaseState
from frontend.pages.read.opened import OpenCase
from frontend.pages.read.referrals import sent_words
from frontend.pages.read.suggestions import Suggestion, suggestion_context
from frontend.stage_words import refusal_words
from labeling.models import Confidence, Read
from labeling.queries.disputed import DisputedRead
from labeling.queries.reads import blind_read
from labeling.values import value_words
from overread.projects.models import Finding


@dataclass(frozen=True)
class FirstRead:
    """A blind answer, as it is stored and in words."""

    value: str
    text: str


class OtherAnswer(TypedDict):
    """The answer of one of the disputing readers to a finding."""

    letter: str
    text: str


class Others(TypedDict):
    others: list[OtherAnswer]
    differ: bool


class Against(TypedDict, total=False):
    """The answer that the model contradicts, and its words; empty if it contradicts none."""

    against: str
    against_text: str


class Tag(TypedDict):
    glyph: str
    text: str
    tone: str


class FindingLine(Suggestion, Against, Others):
    """One finding: the question, the reader's answer, and what the model and other readers say while it is shown."""

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
    similar_url: str
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
    findings = finding_lines(case)
    model_name = ""
    maps: list[str] = []
    if case.prediction:
        model_name = case.prediction.pipeline.name
        maps = [slug for slug, output in case.prediction.outputs.items() if "probability" in output]
    return {
        "mode": "open" if case.state == "done" else case.state,
        "model_name": model_name,
        "findings": findings,
        "maps": maps,
        "similar_url": similar_url(case),
        "notice": notice(case),
        "indication": case.assignment.image.indication,
        "asked": why_given(case),
        "comment": case.read.comment if case.read else "",
        "adjudicates": bool(case.disputed),
        "others_comments": [(read.letter, read.comment) for read in case.disputed if read.comment],
        "has_binary": any(finding["kind"] == Finding.Kind.BINARY for finding in findings),
        "confidence": confidence(case),
        "confidence_steps": confidence_steps(),
    }


def finding_lines(case: OpenCase) -> list[FindingLine]:
    """One line a finding, in the project's order."""
    outputs = case.prediction.outputs if case.prediction else {}
    answers = {answer.finding.slug: answer.value for answer in case.read.answers.all()} if case.read else {}
    first = first_read(case)
    lines = []
    for number, finding in enumerate(case.assignment.project.findings.all(), start=1):
        output = outputs.get(finding.slug)
        lines.append(finding_line(finding, number, output, answers.get(finding.slug), first, case))
    return lines


def finding_line(
    finding: Finding,
    number: int,
    output: Mapping[str, Any] | None,
    value: str | None,
    first: Mapping[str, FirstRead],
    case: OpenCase,
) -> FindingLine:
    """`output` is the model's answer to the finding, `value` the reader's own, `first` their blind ones by slug."""
    suggestion: Suggestion = {"probability_text": None}
    if output:
        suggestion = suggestion_context(output, finding)
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
        **suggestion,
        **against_context(case.against(finding.slug)),
        **others_context(finding.slug, case.disputed),
    }


def others_context(slug: str, disputed: Sequence[DisputedRead]) -> Others:
    """The answer of each disputed read to a finding, and whether they differ."""
    others: list[OtherAnswer] = []
    values = set()
    for read in disputed:
        if slug in read.answers:  # a finding added after this read has none
            value = read.answers[slug]
            values.add(value)
            others.append({"letter": read.letter, "text": value_words(value)})
    return {"others": others, "differ": len(values) > 1}


def against_context(against: str | None) -> Against:
    if not against:
        return {}
    return {"against": against, "against_text": value_words(against)}


def confidence(case: OpenCase) -> str:
    """The confidence of the reader's own read, when they amend it; "" otherwise."""
    own = case.read
    if own is None:
        return ""
    # Once the model is in view, the confidence of the blind read no longer holds.
    if case.state != "blind" and own.phase == Read.Phase.BLIND:
        return ""
    return own.confidence


def confidence_steps() -> list[ConfidenceStep]:
    """The choices of the confidence control. The first is none."""
    return [
        {"value": "", "short": "–", "name": _("not given")},
        {"value": Confidence.LOW, "short": _("Low"), "name": _("low")},
        {"value": Confidence.MEDIUM, "short": _("Medium"), "name": _("medium")},
        {"value": Confidence.HIGH, "short": _("High"), "name": _("high")},
    ]


def similar_url(case: OpenCase) -> str:
    """Where the strip of similar cases is; "" while the model is hidden."""
    if case.prediction is None:
        return ""
    address = reverse("read-similar", args=[case.assignment.project.slug, case.assignment.pk])
    return f"{address}?prediction={case.prediction.pk}"


def notice(case: OpenCase) -> str:
    """Why the panel shows no suggestion; "" if it shows one, and for a blind read."""
    if case.state == "blind" or case.prediction:
        return ""
    if case.refused:
        return _("The model abstains from this image. %(why)s Read as usual.") % {"why": refusal_words(case.refused)}
    if case.waiting:
        return _("The suggestion for this case is still being made. Read as usual.")
    return _("There is no model yet. Read as usual.")


def why_given(case: OpenCase) -> str:
    """Why the reader has this case, if a colleague sent it or if they amend their own read; else ""."""
    if case.assignment.amending:
        return _("You are amending your stored read: %(reason)s") % {"reason": case.assignment.amending}
    return sent_words(case.assignment, known=case.state != "blind")


def first_read(case: OpenCase) -> dict[str, FirstRead]:
    """Finding slug → the blind answer; empty before the reveal."""
    if case.state != "revealed":
        return {}
    blind = blind_read(assignment=case.assignment)
    if blind is None:
        return {}
    return {answer.finding.slug: FirstRead(answer.value, value_words(answer.value)) for answer in blind.answers.all()}
