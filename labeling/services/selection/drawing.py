"""A batch drawn by the project's policies, before it is stored. For workers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Purpose
from labeling.selection import strategies
from labeling.selection.arms import Pick, compose
from labeling.selection.minutes import Minutes
from labeling.selection.pool import Pool
from labeling.services.queue import reads_blind
from labeling.services.selection.lines import Offer, line_of, offers_of
from labeling.services.selection.reasons import reason_of
from labeling.services.selection.strategy import strategy_of
from labeling.services.selection.timing import groups_of, minutes_by_row, minutes_of
from labeling.services.selection.viewing import View, candidates_of, finding_names, view_of
from overread.archive.models import Image
from overread.projects.models import Project


@dataclass(frozen=True)
class Case:
    """One pick as it is to be queued. `again`: its image has been read or labelled before. `minutes`: expected."""

    image: UUID
    pick: Pick
    blind: bool
    reason: str
    again: bool
    for_reader: int | None
    minutes: float | None


@dataclass(frozen=True)
class Drawn:
    """A batch in reading order, and what was known when it was drawn."""

    cases: tuple[Case, ...]
    pipeline: Pipeline | None
    candidates: int
    shares: dict[str, float]
    typical_minutes: float | None
    seed: int


def shares_of(project: Project) -> dict[str, float]:
    """Arm → its part of a batch, with sum 1, by the project's policy."""
    arms = (Purpose.AUDIT, Purpose.GOLD, Purpose.REPEAT, Purpose.RELABEL)
    shares: dict[str, float] = {arm.value: getattr(project, f"{arm.value}_share") for arm in arms}
    return {Purpose.EXPLOIT.value: max(1 - sum(shares.values()), 0.0), **shares}


def batch_draw(project: Project, size: int, seed: int) -> Drawn | None:
    """The same batch for the same seed and the same rows; None where there is nothing to draw from."""
    pipeline, shares = champion_of(project), shares_of(project)
    found = offers_of(project, pipeline, {arm: share * size for arm, share in shares.items()}, seed)
    offers = [offer for of_arm in found.values() for offer in of_arm]
    images = list(candidates_of(project).select_related("study__patient").order_by("pk"))
    if not images and not offers:
        return None
    known = view_of(project, pipeline, [image.pk for image in images]) if pipeline and images else None
    nothing = Pool(np.empty((len(images), 0), np.float32), ())
    view, expected = known or View(nothing, nothing), minutes_of(project, pipeline)
    by_row = minutes_by_row(project, pipeline, view, expected) if known and pipeline and expected else None
    picks = compose(
        view.ranked,
        n=min(size, len(images) + len(offers)),
        shares=shares,
        strategy=strategy_of(project.strategy) if known else strategies.get("random"),
        patient_ids=np.array([image.study.patient_id for image in images], dtype=np.int64),
        patient_cap=project.patient_cap,
        seed=seed,
        lines={arm: line_of(arm, of_arm) for arm, of_arm in found.items()},
        quotas=_quotas(project, view),
        minutes=by_row if project.by_minutes else None,
    )
    cases = [_case(project, pipeline, images, offers, view, pick) for pick in picks]
    typical = expected.typical if expected else None
    return Drawn(_timed(cases, pipeline, expected), pipeline, view.ranked.available, shares, typical, seed)


def _quotas(project: Project, view: View) -> dict[str, float]:
    """Finding's name → quota, of those that the ranking model answers."""
    names, told = finding_names(project), {output.finding for output in view.ranked.layout}
    asked = project.findings.filter(quota__gt=0).values_list("slug", "quota")
    return {names[slug]: quota for slug, quota in asked if names[slug] in told}


def _case(
    project: Project,
    pipeline: Pipeline | None,
    images: Sequence[Image],
    offers: Sequence[Offer],
    view: View,
    pick: Pick,
) -> Case:
    """A pick's row counts through the images, then through the offers."""
    if pick.row < len(images):
        image = images[pick.row]
        blind = reads_blind(project=project, image=image, purpose=pick.arm)
        return Case(image.pk, pick, blind, reason_of(pick, view.shown, pipeline), False, None, None)
    offer = offers[pick.row - len(images)]
    return Case(offer.image, pick, True, offer.reason, True, offer.for_reader, None)


def _timed(cases: Sequence[Case], pipeline: Pipeline | None, expected: Minutes | None) -> tuple[Case, ...]:
    if expected is None:
        return tuple(cases)
    groups = groups_of(pipeline, [case.image for case in cases], [case.blind for case in cases])
    return tuple(replace(case, minutes=expected.of(group)) for case, group in zip(cases, groups, strict=True))
