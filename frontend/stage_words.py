"""What the stages before the classifier say, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inference.models import Stage, StageReport
from inference.queries.stages import report_facts

REASONS = {
    "too_small": gettext_lazy("The image is too small."),
    "overexposed": gettext_lazy("The image is overexposed."),
    "underexposed": gettext_lazy("The image is underexposed."),
    "low_contrast": gettext_lazy("The image has hardly any contrast."),
    "blurred": gettext_lazy("The image is blurred."),
    "clipped": gettext_lazy("Large parts of the image are clipped to black or white."),
    "little_image": gettext_lazy("The picture fills too little of the image."),
    "colour": gettext_lazy("The image is in colour, unlike the project's images."),
    "inverted": gettext_lazy("Black and white look exchanged."),
    "not_like_the_project": gettext_lazy("The image is unlike those that the project has accepted."),
    "turned": gettext_lazy("The image looks turned by %(degrees)s degrees."),
    "mirrored": gettext_lazy("The image looks mirrored: left and right may be exchanged."),
    "view_conflict": gettext_lazy("The file says %(tag)s, but the image looks %(view)s."),
    "view_not_trained": gettext_lazy("The image looks %(view)s, a view that the classifier was not trained on."),
    "lungs_not_found": gettext_lazy("Lung fields were not found."),
}
VIEWS = {"frontal": gettext_lazy("frontal"), "lateral": gettext_lazy("lateral")}


@dataclass(frozen=True)
class StageLine:
    """What one stage said of an image: its name, its verdict, why, and what else it found."""

    stage: str
    name: str
    verdict: str
    verdict_words: str
    reasons: list[str]
    found: str


def stage_lines(stages: Mapping[str, Mapping[str, Any]]) -> list[StageLine]:
    """A line for each stage, from what `report_facts` gives or a prediction holds."""
    lines = []
    for stage in Stage:
        said = stages.get(stage)
        if said is None:
            continue
        lines.append(
            StageLine(
                stage=stage,
                name=f"{stage.label} {said['number']}",
                verdict=said["verdict"],
                verdict_words=str(StageReport.Verdict(said["verdict"]).label),
                reasons=[reason_words(reason) for reason in said["reasons"]],
                found=found_words(stage, said["facts"]),
            )
        )
    return lines


def report_lines(reports: Iterable[StageReport]) -> list[StageLine]:
    return stage_lines(report_facts(reports))


def refusal_words(reports: Iterable[StageReport]) -> str:
    """Why there is no prediction, as sentences."""
    sentences = []
    for report in reports:
        if report.verdict == StageReport.Verdict.ABSTAIN:
            sentences += [reason_words(reason) for reason in report.reasons]
    return " ".join(sentences)


def reason_words(reason: Mapping[str, Any]) -> str:
    """A stage's reason as a sentence; one that has no words here by its code, so that nothing is hidden."""
    words = REASONS.get(reason["code"])
    if words is None:
        return str(reason["code"]).replace("_", " ").capitalize() + "."
    # A dash for a figure that an older version of the stage did not give.
    figures: dict[str, Any] = defaultdict(lambda: "–", reason)
    if "view" in figures:
        figures["view"] = VIEWS.get(figures["view"], figures["view"])
    return str(words) % figures


def found_words(stage: str, facts: Mapping[str, Any]) -> str:
    """What a stage found besides its verdict; "" for nothing worth a line."""
    if stage == Stage.VIEW and "view" in facts:
        return str(VIEWS.get(facts["view"], facts["view"]))
    if stage == Stage.LUNGS and "cardiothoracic" in facts:
        ratio = facts["cardiothoracic"]["ratio"]
        return _("cardiothoracic ratio %(ratio).2f") % {"ratio": ratio}
    return ""
