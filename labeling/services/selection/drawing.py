"""A batch drawn by the project's policies, before it is stored. For workers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from inference.memmap_cache import ids_of
from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Purpose, Selection
from labeling.selection.arms import Pick, compose
from labeling.selection.caps import Cap
from labeling.selection.minutes import Minutes
from labeling.selection.pool import Pool
from labeling.selection.strategies import Strategy
from labeling.services.queue import reads_blind
from labeling.services.selection.candidates import Candidates, candidates_find, patients_waiting
from labeling.services.selection.lines import Offer, line_of, offers_of
from labeling.services.selection.reasons import reason_of
from labeling.services.selection.strategy import failure_of, strategy_for
from labeling.services.selection.timing import groups_of, minutes_by_row, minutes_of
from labeling.services.selection.viewing import finding_names, shown_of, view_of
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
    """A batch in reading order, and what was known when it was drawn. `failed`: as strategy.failure_of has it."""

    cases: tuple[Case, ...]
    pipeline: Pipeline | None
    candidates: int
    shares: dict[str, float]
    typical_minutes: float | None
    seed: int
    size: int
    failed: str | None = None


def shares_of(project: Project) -> dict[str, float]:
    """Arm → its part of a batch, with sum 1, by the project's policy."""
    arms = (Purpose.AUDIT, Purpose.GOLD, Purpose.REPEAT, Purpose.RELABEL)
    shares: dict[str, float] = {arm.value: getattr(project, f"{arm.value}_share") for arm in arms}
    return {Purpose.EXPLOIT.value: max(1 - sum(shares.values()), 0.0), **shares}


@dataclass(frozen=True)
class Handed:
    """What the parts of a draw have handed up: of the images that were found the rows (m,) to choose from, ascending, and
    all (k,) that may be drawn; and whose images (w,) waited when it began.
    """

    found: Candidates
    rows: NDArray[np.int64]
    drawable: NDArray[np.int64]
    waiting: NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """What a batch is drawn from, as arrays: rows count through `found`, the labelled images, and the offers.

    `pool`: of all that were found, or by its `ids` of those that parts handed up; then `drawable` tells all others.
    `waiting`: whose each image (w,) is that waits already.
    """

    pipeline: Pipeline | None
    found: Candidates
    offers: dict[str, list[Offer]]
    pool: Pool
    drawable: NDArray[np.int64]
    waiting: NDArray[np.int64]
    strategy: Strategy
    expected: Minutes | None

    @property
    def offered(self) -> list[Offer]:
        return [offer for of_arm in self.offers.values() for offer in of_arm]

    @property
    def rows(self) -> int:
        """Where the offers begin."""
        return len(self.found) + len(self.pool.known)

    def image(self, row: int) -> UUID:
        return self.found.image(row) if row < self.rows else self.offered[row - self.rows].image


def batch_draw(project: Project, size: int, seed: int, *, handed: Handed | None = None) -> Drawn | None:
    """The same batch for the same seed and the same rows; None where there is nothing to draw from. handed: by the parts
    of a draw that is made by several jobs, which gives the same batch.
    """
    sheet = sheet_of(project, size, seed, handed=handed)
    if sheet is None:
        return None
    cases = _cases(project, sheet, picks_of(project, sheet, size, seed))
    typical = sheet.expected.typical if sheet.expected else None
    timed = _timed(cases, sheet.pipeline, sheet.expected)
    failed = failure_of(sheet.strategy)
    return Drawn(timed, sheet.pipeline, len(sheet.drawable), shares_of(project), typical, seed, size, failed)


def sheet_of(
    project: Project, size: int, seed: int, *, before: Selection | None = None, handed: Handed | None = None
) -> Sheet | None:
    """Everything that is known when a batch of this size is drawn; `before`: as it was before that one was queued."""
    pipeline = champion_of(project)
    found = handed.found if handed else candidates_find(project, before=before)
    sizes = {arm: share * size for arm, share in shares_of(project).items()}
    offers = offers_of(project, pipeline, sizes, seed) if fitting(shares_of(project), size, len(found)) else {}
    if not len(found) and not any(offers.values()):
        return None
    rows = handed.rows if handed else np.arange(len(found))
    pool = view_of(project, pipeline, found.numbered(rows)) if len(rows) else None
    strategy = strategy_for(project.strategy, pool)
    drawable = handed.drawable if handed and pool else None
    if pool is None:
        pool = Pool(np.empty((len(found), 0), np.float32), ())
    drawable = pool.open if drawable is None else drawable
    waiting = handed.waiting if handed else patients_waiting(project, before=before)
    return Sheet(pipeline, found, offers, pool, drawable, waiting, strategy, minutes_of(project, pipeline))


def picks_of(project: Project, sheet: Sheet, size: int, seed: int) -> tuple[Pick, ...]:
    """What the pure `compose` makes of these arrays and this seed, each image once: gold, repeats and second looks may all
    have an offer of it.
    """
    pool, nobody = sheet.pool, np.full(len(sheet.pool.known), -1)  # the labelled images' patients: they are not picked
    minutes = None
    if project.by_minutes and sheet.pipeline and sheet.expected and pool.layout:
        images = sheet.found.images[pool.numbers(pool.open)]
        minutes = np.full(len(pool), np.nan)
        minutes[pool.open] = minutes_by_row(project, sheet.pipeline, images, sheet.expected)
    picks = compose(
        pool,
        n=_room(project, sheet, size),
        shares=shares_of(project),
        strategy=sheet.strategy,
        patient_ids=np.append(sheet.found.patients, nobody),
        patient_cap=project.patient_cap,
        seed=seed,
        lines={arm: line_of(arm, of_arm) for arm, of_arm in sheet.offers.items()},
        quotas=quotas_of(project, pool),
        minutes=minutes,
        drawable=sheet.drawable,
        waiting=sheet.waiting,
    )
    first = {sheet.image(pick.row): pick for pick in reversed(picks)}
    return tuple(pick for pick in picks if first[sheet.image(pick.row)] is pick)


def _room(project: Project, sheet: Sheet, size: int) -> int:
    """How many cases can be drawn of at most `size`."""
    cap = Cap(sheet.found.patients, len(sheet.found), project.patient_cap, waiting=sheet.waiting)
    unread = int(cap.admits(sheet.drawable).sum())
    return min(fitting(shares_of(project), size, unread), len(sheet.found) + len(sheet.offered))


def fitting(shares: Mapping[str, float], size: int, unread: int) -> int:
    """The largest batch of at most `size` whose exploit and audit so many unread images can be: the other arms have their
    shares of that, and are not drawn alone where nothing is left to read.
    """
    part = round(shares[Purpose.EXPLOIT] + shares[Purpose.AUDIT], 9)
    return min(size, int(unread / part + 1e-9)) if part else size


def quotas_of(project: Project, pool: Pool) -> dict[str, float]:
    """Finding's name → quota, of those that the ranking model answers."""
    names, told = finding_names(project), {output.finding for output in pool.layout}
    asked = project.findings.filter(quota__gt=0).values_list("slug", "quota")
    return {names[slug]: quota for slug, quota in asked if names[slug] in told}


def _cases(project: Project, sheet: Sheet, picks: Sequence[Pick]) -> list[Case]:
    """The picks as cases: a row after the found ones is an offer's."""
    chosen = [pick for pick in picks if pick.row < sheet.rows]
    names = [sheet.image(pick.row) for pick in chosen]
    images = Image.objects.select_related("study__patient").in_bulk(names)
    shown, places = shown_of(sheet.pipeline, ids_of(names)), {pick.row: place for place, pick in enumerate(chosen)}
    cases = []
    for pick in picks:
        if pick.row >= sheet.rows:
            offer = sheet.offered[pick.row - sheet.rows]
            cases.append(Case(offer.image, pick, True, offer.reason, True, offer.for_reader, None))
            continue
        image = images[sheet.image(pick.row)]
        blind = reads_blind(project=project, image=image, purpose=pick.arm)
        reason = reason_of(pick, shown, places[pick.row], sheet.pipeline)
        cases.append(Case(image.pk, pick, blind, reason, False, None, None))
    return cases


def _timed(cases: Sequence[Case], pipeline: Pipeline | None, expected: Minutes | None) -> tuple[Case, ...]:
    if expected is None:
        return tuple(cases)
    groups = groups_of(pipeline, [case.image for case in cases], [case.blind for case in cases])
    return tuple(replace(case, minutes=expected.of(group)) for case, group in zip(cases, groups, strict=True))
