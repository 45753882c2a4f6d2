"""Examining images by the stages before the classifier. For workers only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from inference.engine.stages import Stage, open_stage
from inference.engine.stages.results import StageImage, StageResult
from inference.models import ModelVersion, StageReport
from inference.services.versions import stage_load
from overread.archive.models import Image

ABSTAIN = StageReport.Verdict.ABSTAIN


class StageFailed(RuntimeError):
    """A stage could not be opened, or raised on an image. The text names it; nothing of its batch was stored."""


@lru_cache(maxsize=8)
def stage_of(version: UUID) -> Stage:
    """A stage ready to look at images. Those of champion and challenger are kept."""
    named = ModelVersion.objects.get(pk=version)
    try:
        return open_stage(stage_load(named.bundle))
    except Exception as error:
        raise StageFailed(f"{named.get_stage_display()} {named.number} cannot be opened: {error}") from error


def image_examine(
    *, image: Image, pixels: StageImage, stages: Sequence[ModelVersion], overruled: bool
) -> list[StageReport]:
    """The reports of these stages on an image, in their order, up to the first that abstains.

    Of an overruled image, all stages'. Those that are not stored yet are unsaved. Raises StageFailed.
    """
    known = {report.version_id: report for report in StageReport.objects.filter(image=image, version__in=stages)}
    reports = []
    for version in stages:
        report = known.get(version.pk) or _report(version, image, pixels)
        reports.append(report)
        if report.verdict == ABSTAIN and not overruled:
            break
    return reports


def _report(version: ModelVersion, image: Image, pixels: StageImage) -> StageReport:
    result = stage_examine(version, pixels).to_dict()
    return StageReport(version=version, image=image, **result)


def stage_examine(version: ModelVersion, pixels: StageImage) -> StageResult:
    """What one stage says of one image. Raises StageFailed."""
    try:
        return stage_of(version.pk).examine([pixels])[0]
    except StageFailed:
        raise
    except Exception as error:
        raise StageFailed(f"{version.get_stage_display()} {version.number} failed: {error}") from error
