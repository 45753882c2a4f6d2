"""What is known when a batch is drawn: the images, the project's policies, how long cases take to read, and the words that
say why one was picked. For workers only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from django.db.models import Max, Sum
from numpy.typing import NDArray

from inference.memmap_cache import Ids, ids_of
from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Purpose, Read, Selection
from labeling.selection.constraints import Minutes, PatientCap, above_threshold, minutes_learn
from labeling.selection.draw import Pick
from labeling.selection.pool import Pool
from labeling.selection.reasons import AT_RANDOM, CONTROL, COVERS, NEWEST, reason
from labeling.selection.strategies import Strategy
from labeling.services.selection.candidates import (
    Candidate,
    UnreadImages,
    candidates_by_arm,
    patients_waiting,
    unread_find,
)
from labeling.services.selection.pool import champion_pool, finding_names, pool_build
from labeling.services.selection.strategy import strategy_for
from overread.projects.models import BlindFirst, Project

# Timed cases that expected reading times are learned from: readers become faster, so that old times mislead.
NEWEST_TIMED = 2000

# Read blind first, and whether the model puts a finding above threshold; None if it has not scored the image.
Group = tuple[bool, bool | None]


@dataclass(frozen=True)
class DrawContext:
    """What a batch is drawn from, as arrays. Rows count through the unread images, the labelled ones, and the rereads.

    size: the most cases it may have. rereads: arm → its candidates, images that are to be read again, in the order of
    ARMS. waiting: the patients (w,) of the images that wait already.
    """

    project: Project
    size: int
    seed: int
    pipeline: Pipeline | None
    unread: UnreadImages
    rereads: dict[str, list[Candidate]]
    pool: Pool
    waiting: NDArray[np.int64]
    strategy: Strategy
    expected: Minutes | None

    @cached_property
    def _reread(self) -> list[Candidate]:
        return [candidate for of_arm in self.rereads.values() for candidate in of_arm]

    @property
    def start(self) -> int:
        """The first row of the rereads."""
        return len(self.unread) + len(self.pool.known)

    def candidate(self, row: int) -> Candidate | None:
        """The reread at this row; None for an image that nobody has read."""
        if row < self.start:
            return None
        return self._reread[row - self.start]

    def image(self, row: int) -> UUID:
        if candidate := self.candidate(row):
            return candidate.image
        return self.unread.image(row)

    def patients(self) -> NDArray[np.int64]:
        """The patient of each of the pool's rows (N,); −1 for the labelled ones, which are not picked."""
        return np.append(self.unread.patients, np.full(len(self.pool.known), -1))

    def room(self) -> int:
        """How many cases can be drawn of at most `size`."""
        cap = PatientCap(self.unread.patients, len(self.unread), self.project.patient_cap, waiting=self.waiting)
        unread = int(cap.admits(self.pool.open).sum())
        return min(fitting(shares_of(self.project), self.size, unread), len(self.unread) + len(self._reread))

    def minutes(self) -> NDArray[np.float64] | None:
        """Expected minutes of the pool's rows (N,), NaN for those that are not picked; None if they do not matter."""
        if not (self.project.by_minutes and self.pipeline and self.expected and self.pool.layout):
            return None
        minutes = np.full(len(self.pool), np.nan)
        images = self.unread.images[self.pool.open]
        minutes[self.pool.open] = minutes_by_row(self.project, self.pipeline, images, self.expected)
        return minutes


def context_of(project: Project, size: int, seed: int, *, before: Selection | None = None) -> DrawContext | None:
    """Everything that is known when a batch of this size is drawn; None if there is nothing to draw from.

    With `before`, a stored selection, it is what was known just before that one was queued.
    """
    pipeline = champion_of(project)
    unread = unread_find(project, before=before)
    shares = shares_of(project)
    rereads: dict[str, list[Candidate]] = {}
    if fitting(shares, size, len(unread)):
        sizes = {arm: share * size for arm, share in shares.items()}
        rereads = candidates_by_arm(project, pipeline, sizes, seed)
    if not len(unread) and not any(rereads.values()):
        return None
    pool = pool_build(project, pipeline, unread.images) if len(unread) else None
    strategy = strategy_for(project.strategy, pool)
    if pool is None:
        pool = Pool(np.empty((len(unread), 0), np.float32), ())
    return DrawContext(
        project=project,
        size=size,
        seed=seed,
        pipeline=pipeline,
        unread=unread,
        rereads=rereads,
        pool=pool,
        waiting=patients_waiting(project, before=before),
        strategy=strategy,
        expected=minutes_expected(project, pipeline),
    )


def shares_of(project: Project) -> dict[str, float]:
    """Arm → its part of a batch, with sum 1, by the project's policy."""
    arms = (Purpose.AUDIT, Purpose.GOLD, Purpose.REPEAT, Purpose.RELABEL)
    shares: dict[str, float] = {arm.value: getattr(project, f"{arm.value}_share") for arm in arms}
    return {Purpose.EXPLOIT.value: max(1 - sum(shares.values()), 0.0), **shares}


def fitting(shares: Mapping[str, float], size: int, unread: int) -> int:
    """The largest batch of at most `size` for which there are enough unread images.

    Exploit and audit need unread images. The other arms have their shares of the batch that results, so nothing is drawn
    from them alone when nothing is left to read.
    """
    # Shares such as 0.7 + 0.1 sum to a hair off: rounded, and 1e-9 added, or 8 images at 0.8 would fit 9 and not 10.
    part = round(shares[Purpose.EXPLOIT] + shares[Purpose.AUDIT], 9)
    if not part:
        return size
    return min(size, int(unread / part + 1e-9))


def quotas_of(project: Project, pool: Pool) -> dict[str, float]:
    """Finding's name → its quota, for the findings that the ranking model answers."""
    names = finding_names(project)
    answered = {output.finding for output in pool.layout}
    asked = project.findings.filter(quota__gt=0).values_list("slug", "quota")
    return {names[slug]: quota for slug, quota in asked if names[slug] in answered}


def minutes_expected(project: Project, pipeline: Pipeline | None) -> Minutes | None:
    """Expected minutes of a case by Group, from the newest timed cases; None while there are too few.

    The time of a case is what its reader spent on all its reads, with the second look after the reveal. Amendments come
    later and do not count.
    """
    timed = Read.objects.filter(project=project, active_ms__gt=0, reason="").values("assignment", "reader")
    cases = timed.annotate(ms=Sum("active_ms"), at=Max("created_at")).order_by("-at")
    rows = list(cases.values_list("ms", "image", "assignment__blind")[:NEWEST_TIMED])
    if not rows:
        return None
    times, images, blind = zip(*rows, strict=True)
    return minutes_learn(times, groups_of(pipeline, images, blind))


def groups_of(pipeline: Pipeline | None, images: Sequence[UUID], blind: Sequence[bool]) -> list[Group]:
    """The group of each case (n,): its image, and whether it is read blind first."""
    if pipeline is None or not images:
        return [(each, None) for each in blind]
    pool = champion_pool(pipeline, ids_of(images))
    above: list[bool | None] = list(above_threshold(pool, thresholds_of(pipeline)).tolist())
    if pool.excluded is not None:
        for row in np.flatnonzero(pool.excluded):
            above[row] = None
    return list(zip(blind, above, strict=True))


def minutes_by_row(project: Project, pipeline: Pipeline, images: Ids, expected: Minutes) -> NDArray[np.float64]:
    """Expected minutes (N,) of these images if they are read as most cases of the project are."""
    blind = project.blind_first == BlindFirst.ALWAYS
    found = above_threshold(champion_pool(pipeline, images), thresholds_of(pipeline))
    return np.where(found, expected.of((blind, True)), expected.of((blind, False)))


def reason_of(pick: Pick, shown: Pool, row: int, pipeline: Pipeline | None) -> str:
    """Why it was picked, for people. `row`: the image's row in `shown`, the champion's outputs."""
    if pick.arm == Purpose.AUDIT:
        return CONTROL
    if pick.strategy == "random":
        return _at_random(pipeline)
    if pipeline is None:
        return f"{COVERS}: no model yet"
    if not shown.layout or (shown.excluded is not None and shown.excluded[row]):
        return NEWEST
    told = reason(pick, shown.layout, shown.outputs[row].tolist(), thresholds_of(pipeline))
    return told[:200]  # what Assignment.reason holds


def _at_random(pipeline: Pipeline | None) -> str:
    if pipeline is None:
        return f"{AT_RANDOM}: no model yet"
    if pipeline.project.strategy == "random":
        return AT_RANDOM
    return f"{AT_RANDOM}: too few answers yet"


def thresholds_of(pipeline: Pipeline) -> dict[str, float]:
    names = finding_names(pipeline.project)
    return {names.get(slug, slug): threshold for slug, threshold in pipeline.classifier.card["thresholds"].items()}
