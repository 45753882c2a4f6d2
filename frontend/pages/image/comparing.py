"""Model and reader side by side, finding by finding, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from frontend.pages.read.suggestions import Suggestion, suggestion_context
from inference.models import Prediction
from labeling.models import Read
from overread.projects.models import Finding, Project

AGREES, DIFFERS = "agrees", "differs"


@dataclass(frozen=True)
class Row:
    """One finding: what the reader answered, what the model says of it (suggestion_context), and how they compare."""

    finding: Finding
    number: int
    answer: str = ""  # in words; empty where it was not read
    said: Suggestion = field(default_factory=Suggestion)  # empty where the model says nothing of it
    verdict: str = ""  # AGREES, DIFFERS, or empty where the two cannot be compared
    verdict_words: str = ""


def rows(*, project: Project, read: Read | None, prediction: Prediction | None) -> list[Row]:
    """Every finding of the project, in its order."""
    answers = {answer.finding_id: answer.value for answer in read.answers.all()} if read else {}
    outputs = prediction.outputs if prediction else {}
    return [
        row(finding, number, answers.get(finding.pk), outputs.get(finding.slug))
        for number, finding in enumerate(project.findings.all(), start=1)
    ]


def row(finding: Finding, number: int, value: str | None, output: Mapping[str, Any] | None) -> Row:
    said: Suggestion = suggestion_context(output, finding) if output else {}
    answer = answer_words(finding, value) if value is not None else ""
    verdict, words = compared(finding, value, output) if value is not None and output else ("", "")
    return Row(finding, number, answer, said, verdict, words)


def answer_words(finding: Finding, value: str) -> str:
    words = {
        "absent": _("Absent"),
        "uncertain": _("Uncertain"),
        "present": _("Present"),
        "not_assessable": _("Not assessable"),
    }
    if value == "not_assessable" or finding.kind == Finding.Kind.BINARY:
        return words.get(value, value)
    return f"{value} {finding.unit}" if finding.kind == Finding.Kind.MEASUREMENT else value


def compared(finding: Finding, value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    """How an answer stands to what the model says: the verdict, and the words for it."""
    if value == "not_assessable":
        return "", _("not compared: not assessable")
    if finding.kind == Finding.Kind.BINARY:
        return _binary(value, output)
    if finding.kind == Finding.Kind.CATEGORICAL:
        return _told(value == output.get("option"))
    return _measured(finding, value, output)


def _told(agrees: bool) -> tuple[str, str]:
    return (AGREES, _("agrees")) if agrees else (DIFFERS, _("differs"))


def _binary(value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    if value not in ("absent", "present") or "above" not in output:
        return "", _("not compared: uncertain")
    return _told((value == "present") == output["above"])


def _measured(finding: Finding, value: str, output: Mapping[str, Any]) -> tuple[str, str]:
    """Two numbers agree where they read the same at one decimal."""
    try:
        difference = round(float(output["value"]) - float(value), 1)
    except (KeyError, ValueError):
        return "", ""
    if not difference:
        return AGREES, _("agrees")
    return DIFFERS, _("model %(difference)s %(unit)s") % {"difference": f"{difference:+.1f}", "unit": finding.unit}
