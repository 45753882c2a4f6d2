"""A reader's answers to an image, and whether they fit the project's findings and the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from labeling.models import Confidence
from labeling.values import AnswerInvalid, AnswerMissing, answer_problem, region_problem
from overread.archive.models import Image
from overread.projects.models import Finding

# Of one read. Nobody draws so many; a page that goes wrong might.
REGIONS = 200
MEASUREMENTS = 50
CORNERS = {"length": 2, "angle": 3, "roi": 2, "probe": 1}


@dataclass(frozen=True)
class RegionDrawn:
    """A box (two corners) or polygon (3 to 500 points), (x, y) in image pixels.

    finding: the slug of the finding it belongs to. frame: the frame it was drawn on, counted from 0.
    """

    finding: str
    kind: Literal["box", "polygon"]
    points: tuple[tuple[float, float], ...]
    frame: int = 0


@dataclass(frozen=True)
class MeasurementDrawn:
    """A length (two ends), angle (end, vertex, end), ellipse (two corners of its box) or point, (x, y) in image pixels."""

    kind: Literal["length", "angle", "roi", "probe"]
    points: tuple[tuple[float, float], ...]
    frame: int = 0
    result: str = ""


@dataclass(frozen=True)
class Answers:
    """One reader's answers to one image.

    values: finding slug → answer. bulk: slugs answered by "mark the rest". kept: slugs whose answer the reader keeps although
    the model strongly contradicts it. seen: the prediction in view, if a page names it.
    """

    values: Mapping[str, str]
    bulk: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    regions: tuple[RegionDrawn, ...] = ()
    measurements: tuple[MeasurementDrawn, ...] = ()
    comment: str = ""
    confidence: Literal["", "low", "medium", "high"] = ""
    active_ms: int = 0
    level: Literal["", "half", "full"] = ""
    seen: UUID | None = None


def answers_check(answers: Answers, findings: Mapping[str, Finding], asked: set[str], image: Image) -> None:
    """Check that the answers fit. Raises AnswerMissing or AnswerInvalid with one entry per finding or member.

    asked: slugs of the findings that need an answer. A finding with a region needs one, too.
    """
    outlined = {region.finding for region in answers.regions}
    needed = asked | outlined
    missing = {}
    for slug, finding in findings.items():
        if slug in needed and slug not in answers.values:
            missing[slug] = f"{finding.name} is not answered."
    if missing:
        raise AnswerMissing(missing)
    wrong = {}
    for slug, value in answers.values.items():
        if slug not in findings:
            wrong[slug] = f"There is no finding {slug!r} in this project."
            continue
        problem = answer_problem(findings[slug], value)
        if problem is None and slug in outlined:
            problem = region_problem(findings[slug], value)
        if problem:
            wrong[slug] = problem
    for region in answers.regions:
        if problem := _outline_problem(region, findings, image):
            wrong["regions"] = problem
    if len(answers.regions) > REGIONS:
        wrong["regions"] = f"A read has {REGIONS} regions at most; this one has {len(answers.regions)}."
    if problem := _measured_problem(answers.measurements, image):
        wrong["measurements"] = problem
    if len(answers.comment) > 4000:
        wrong["comment"] = f"A comment has 4000 characters at most; this one has {len(answers.comment)}."
    if answers.confidence not in ("", *Confidence.values):
        wrong["confidence"] = "Confidence is low, medium or high, or left out."
    if wrong:
        raise AnswerInvalid(wrong)


def _outline_problem(region: RegionDrawn, findings: Mapping[str, Finding], image: Image) -> str | None:
    if region.finding not in findings:
        return f"A region names the finding {region.finding!r}, which this project does not have."
    is_box = region.kind == "box" and len(region.points) == 2
    is_polygon = region.kind == "polygon" and 3 <= len(region.points) <= 500
    if not (is_box or is_polygon):
        return "A box has two corners, a polygon 3 to 500 points."
    if not 0 <= region.frame < image.frames:
        return f"A region names frame {region.frame}; the image has {image.frames}, counted from 0."
    if not _inside(region.points, image):
        return "A region lies outside the image."
    return None


def _measured_problem(measurements: tuple[MeasurementDrawn, ...], image: Image) -> str | None:
    if len(measurements) > MEASUREMENTS:
        return f"A read has {MEASUREMENTS} measurements at most; this one has {len(measurements)}."
    for each in measurements:
        if len(each.points) != CORNERS.get(each.kind):
            return "A length has two points, an angle three, a region of interest two, a value at a point one."
        if not 0 <= each.frame < image.frames:
            return f"A measurement names frame {each.frame}; the image has {image.frames}, counted from 0."
        if not _inside(each.points, image):
            return "A measurement lies outside the image."
        if len(each.result) > 200:
            return "The result of a measurement has 200 characters at most."
    return None


def _inside(points: tuple[tuple[float, float], ...], image: Image) -> bool:
    # NaN fails both comparisons, and infinity one of them.
    return all(0 <= x <= image.columns and 0 <= y <= image.rows for x, y in points)
