"""A stored survey as the page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.pages.data_sets.words import KIND_WORDS
from overread.projects.models import Finding
from training.models import DatasetDraft

VALUES_SHOWN = 8
NAMED = "named"


@dataclass(frozen=True)
class NameLine:
    """One name in the data set: how it is read, how often each value is said, and what it means here."""

    name: str
    kind: str
    counts: str
    means: str
    images_refused: int = 0
    nearest: str = ""
    undecided: bool = False


@dataclass(frozen=True)
class NearShown:
    """What was found by looking for near duplicates: a sentence each, and the nearest pairs of files."""

    words: list[str]
    pairs: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class SurveyShown:
    """Figures as (label, number) pairs, and lists of what stands out."""

    figures: list[tuple[str, int]]
    names: list[NameLine]
    answers: list[tuple[str, str]]
    refused: list[tuple[int, str]]
    missing: list[tuple[int, str]]
    duplicates: list[str]
    notes: list[str]
    to_decide: list[str]
    accepted: int
    near: NearShown
    problems: int = 0
    splits: list[tuple[str, int]] = field(default_factory=list)
    split_leak: str = ""


def survey_shown(draft: DatasetDraft, findings: list[Finding]) -> SurveyShown | None:
    """None where nothing was looked through yet."""
    told = draft.survey
    if told is None:
        return None
    words = {finding.slug: finding.name for finding in findings}
    return SurveyShown(
        figures=_figures(told),
        names=_names(told, draft.mapping),
        answers=[(words.get(slug, slug), _counted(counts)) for slug, counts in told["answers"].items()],
        refused=[(number, reason) for number, reason in told["refused"]],
        missing=[(number, reason) for number, reason in told["missing"]],
        duplicates=[", ".join(names[:VALUES_SHOWN]) for names in told["duplicates"][:VALUES_SHOWN]],
        notes=told["notes"],
        to_decide=told["to_decide"],
        accepted=told["accepted"],
        near=_near(told.get("near")),
        problems=told["refused_count"] + told["missing_count"],
        splits=[(split, count) for split, count in told["splits"].items() if split],
        split_leak=_split_leak(told["patients_in_splits"]),
    )


def _near(near: dict[str, Any] | None) -> NearShown:
    if near is None:
        return NearShown([_("Near duplicates were not looked for. Say so below, and look again.")])
    count = near["looked_at"]
    words = [ngettext("%d image was compared with the others.", "%d images were compared.", count) % count]
    if near["across_patients"]:
        words.append(_("Pairs in different patients: %d.") % near["across_patients"])
    if near["across_splits"]:
        words.append(_("Pairs in different splits: %d.") % near["across_splits"])
    if not near["pairs"]:
        words.append(_("No two patients have images that look the same."))
    if near["flat"] or near["undecoded"]:
        words.append(
            _("Not compared: %(flat)d without contrast, %(undecoded)d that cannot be opened.")
            % {"flat": near["flat"], "undecoded": near["undecoded"]}
        )
    return NearShown(words, [(pair["one"], pair["other"]) for pair in near["pairs"]])


def _figures(told: dict[str, Any]) -> list[tuple[str, int]]:
    figures = [
        (_("images can be taken in"), told["accepted"]),
        (_("files not found"), told["missing_count"]),
        (_("refused"), told["refused_count"]),
        (_("patients"), told["patients"]),
        (_("images without a patient"), told["without_patient"]),
        (_("images without a label"), told["without_label"]),
    ]
    for words, name in ((_("regions"), "regions"), (_("masks"), "masks")):
        if told[name]:
            figures.append((words, told[name]))
    return figures


def _names(told: dict[str, Any], mapping: dict[str, str]) -> list[NameLine]:
    lines = []
    for asked in told["questions"]:
        question = asked["question"]
        unknown = told["unknown_names"].get(question["name"], 0)
        lines.append(
            NameLine(
                name=question["name"],
                kind=_kind(question),
                counts=_counted(asked["counts"]),
                means=asked["finding"],
                images_refused=unknown,
                nearest=asked["nearest"],
                undecided=not asked["finding"] and not asked["left_out"],
            )
        )
    return lines


def _kind(question: dict[str, Any]) -> str:
    if question["listed"]:
        return str(KIND_WORDS["names"])
    words = str(KIND_WORDS[question["kind"]])
    if question["options"]:
        words += f": {', '.join(question['options'][:VALUES_SHOWN])}"
    if question["unit"]:
        words += f" ({question['unit']})"
    return words


def _counted(counts: dict[str, int]) -> str:
    """Values with how often each occurs, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    words = []
    for value, count in ordered[:VALUES_SHOWN]:
        words.append(_("listed × %d") % count if value == NAMED else f"{value} × {count}")
    if len(ordered) > VALUES_SHOWN:
        words.append("…")
    return ", ".join(words)


def _split_leak(patients: int) -> str:
    if not patients:
        return ""
    return (
        ngettext(
            "%d patient is in more than one of its splits.", "%d patients are in more than one of its splits.", patients
        )
        % patients
    )
