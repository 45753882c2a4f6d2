"""Reader and model side by side, finding by finding, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from frontend.pages.read.suggestions import Suggestion, abstains, suggestion_context
from inference.models import Prediction
from labeling.models import Read
from overread.projects.models import Finding, Project

AGREES, DIFFERS = "agrees", "differs"


@dataclass(frozen=True)
class FindingComparison:
    """One finding: the reader's answer, the model's suggestion, and whether they agree.

    `answer` is "" without a read; `suggestion` is empty for a finding that the model does not answer; `verdict` is AGREES,
    DIFFERS, or "" for two that cannot be compared.
    """

    finding: Finding
    number: int
    answer: str = ""
    suggestion: Suggestion = field(default_factory=Suggestion)
    verdict: str = ""
    verdict_words: str = ""


def comparisons(*, project: Project, read: Read | None, prediction: Prediction | None) -> list[FindingComparison]:
    """Every finding of the project, in its order."""
    answers = {answer.finding_id: answer.value for answer in read.answers.all()} if read else {}
    outputs = prediction.outputs if prediction else {}
    found = []
    for number, finding in enumerate(project.findings.all(), start=1):
        found.append(comparison(finding, number, answers.get(finding.pk), outputs.get(finding.slug)))
    return found


def comparison(finding: Finding, number: int, value: str | None, output: Mapping[str, Any] | None) -> FindingComparison:
    """`value` is the reader's answer, `output` what the model says of this finding."""
    answer = ""
    suggestion: Suggestion = {}
    verdict = words = ""
    if value is not None:
        answer = answer_words(finding, value)
    if output:
        suggestion = suggestion_context(output, finding)
    if value is not None and output:
        verdict, words = compared(finding, value, output)
    return FindingComparison(finding, number, answer, suggestion, verdict, words)


def answer_words(finding: Finding, value: str) -> str:
    words = {
        "absent": _("Absent"),
        "uncertain": _("Uncertain"),
        "present": _("Present"),
        "not_assessable": _("Not assessable"),
    }
    if value == "not_assessable" or finding.kind == Finding.Kind.BINARY:
        return words.get(value, value)
    if finding.kind == Finding.Kind.MEASUREMENT:
        return f"{value} {finding.unit}"
    return value


def compared(finding: Finding, value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    """The verdict on an answer beside the model's output, and the words for it."""
    if value == "not_assessable":
        return "", _("not compared: not assessable")
    if finding.kind == Finding.Kind.BINARY:
        return _binary(value, output)
    if finding.kind == Finding.Kind.CATEGORICAL:
        return _verdict(value == output.get("option"))
    return _measured(finding, value, output)


def _verdict(agrees: bool) -> tuple[str, str]:
    if agrees:
        return AGREES, _("agrees")
    return DIFFERS, _("differs")


def _binary(value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    if value not in ("absent", "present") or "above" not in output:
        return "", _("not compared: uncertain")
    if abstains(output):
        return "", _("not compared: the model abstains")
    return _verdict((value == "present") == output["above"])


def _measured(finding: Finding, value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    """Two numbers agree if they are the same at one decimal."""
    try:
        difference = round(float(output["value"]) - float(value), 1)
    except (KeyError, ValueError):
        return "", ""
    if not difference:
        return AGREES, _("agrees")
    return DIFFERS, _("model %(difference)s %(unit)s") % {"difference": f"{difference:+.1f}", "unit": finding.unit}
