"""Why a case is in the queue, as it is stored with it."""

from __future__ import annotations

from inference.models import Pipeline
from labeling.models import Purpose
from labeling.selection.draw import Pick
from labeling.selection.pool import Pool
from labeling.selection.reasons import AT_RANDOM, CONTROL, COVERS, NEWEST, reason
from labeling.services.selection.viewing import finding_names


def reason_of(pick: Pick, shown: Pool, row: int, pipeline: Pipeline | None) -> str:
    """Why it was picked; `row`: the image's among what the champion says."""
    if pick.arm == Purpose.AUDIT:
        return CONTROL
    if pick.strategy == "random":
        return _at_random(pipeline)
    if pipeline is None:
        return f"{COVERS}: no model yet"
    if not shown.layout or (shown.excluded is not None and shown.excluded[row]):
        return NEWEST
    return reason(pick, shown.layout, shown.outputs[row].tolist(), thresholds_of(pipeline))[:200]


def _at_random(pipeline: Pipeline | None) -> str:
    if pipeline is None:
        return f"{AT_RANDOM}: no model yet"
    return AT_RANDOM if pipeline.project.strategy == "random" else f"{AT_RANDOM}: too few answers yet"


def thresholds_of(pipeline: Pipeline) -> dict[str, float]:
    names = finding_names(pipeline.project)
    return {names.get(slug, slug): threshold for slug, threshold in pipeline.classifier.card["thresholds"].items()}
