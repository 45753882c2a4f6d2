"""What the stages before the classifier say of images."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from inference.models import ModelVersion, Overrule, Pipeline, Stage, StageReport
from overread.archive.models import Image
from overread.projects.models import Project


def abstentions(pipeline: Pipeline) -> QuerySet[StageReport]:
    """The reports by which stages of the pipeline refuse an image, but for those that a member overruled."""
    overruled = Overrule.objects.filter(project=pipeline.project_id, image=OuterRef("image"))
    refused = StageReport.objects.filter(version__pipelines=pipeline, verdict=StageReport.Verdict.ABSTAIN)
    return refused.exclude(Exists(overruled))


def without_abstained(images: QuerySet[Image], pipeline: Pipeline | None) -> QuerySet[Image]:
    """Those of the images that the pipeline does not abstain from; all of them without a pipeline."""
    if pipeline is None:
        return images
    return images.exclude(Exists(abstentions(pipeline).filter(image=OuterRef("pk"))))


def abstained_among(pipeline: Pipeline, images: Iterable[UUID]) -> set[UUID]:
    """Which of these images the pipeline abstains from."""
    return set(abstentions(pipeline).filter(image__in=list(images)).values_list("image", flat=True))


def reports_of(pipeline: Pipeline, image: Image) -> list[StageReport]:
    """What the pipeline's stages said of an image, in their order. Empty where none has looked at it yet."""
    reports = StageReport.objects.filter(image=image, version__pipelines=pipeline).select_related("version")
    order = Stage.values
    return sorted(reports, key=lambda report: order.index(report.version.stage))


def report_facts(reports: Iterable[StageReport]) -> dict[str, dict[str, Any]]:
    """Stage → what it said, in plain JSON, as stored with a prediction."""
    facts = {}
    for report in reports:
        facts[report.version.stage] = {
            "number": report.version.number,
            "verdict": report.verdict,
            "reasons": report.reasons,
            "facts": report.facts,
        }
    return facts


def overrule_of(*, project: Project, image: Image) -> Overrule | None:
    """Who decided that this image is predicted whatever the stages say, when and why."""
    return Overrule.objects.select_related("by").filter(project=project, image=image).first()


def stage_versions(project: Project, stage: str) -> QuerySet[ModelVersion]:
    """The versions of one stage of a project, newest first."""
    return ModelVersion.objects.filter(project=project, stage=stage).order_by("-number")


DIGITS = re.compile(r"[0-9]{1,9}")  # more is no number of a version, and no whole number of the database


class NoSuchVersion(LookupError):
    """The project has no such version of a stage. The text names it, for a person."""


def versions_named(project: Project, numbers: Mapping[str, object]) -> list[ModelVersion]:
    """The versions of these numbers, by stage. Raises NoSuchVersion."""
    found = []
    for stage, number in numbers.items():
        version = None
        if DIGITS.fullmatch(str(number)):
            version = stage_versions(project, stage).filter(number=int(str(number))).first()
        if version is None:
            raise NoSuchVersion(f"There is no {stage} {number}.")
        found.append(version)
    return found


def stage_figures(version: ModelVersion) -> dict[str, int]:
    """Verdict → how many images a stage gave it."""
    counts = version.reports.order_by().values("verdict").annotate(images=Count("pk"))
    return {row["verdict"]: row["images"] for row in counts}
