"""How long cases of the project take to read. For workers only."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db.models import Max, Sum
from numpy.typing import NDArray

from inference.memmap_cache import Ids, ids_of
from inference.models import Pipeline
from labeling.models import Read
from labeling.selection.minutes import Minutes, above, learn
from labeling.services.selection.reasons import thresholds_of
from labeling.services.selection.viewing import shown_of
from overread.projects.models import BlindFirst, Project

NEWEST = 2000
"""Timed cases that are learned from."""

Group = tuple[bool, bool | None]
"""Read blind first, and whether the model puts a finding above threshold; None where it has not scored the image."""


def minutes_of(project: Project, pipeline: Pipeline | None) -> Minutes | None:
    """Expected minutes of a case by Group, from the newest timed cases; None while they are too few.

    A case takes what its reader spent on it in all its reads, the second look after the reveal included; amendments,
    which come later, are left out.
    """
    timed = Read.objects.filter(project=project, active_ms__gt=0, reason="").values("assignment", "reader")
    cases = timed.annotate(ms=Sum("active_ms"), at=Max("created_at")).order_by("-at")
    rows = list(cases.values_list("ms", "image", "assignment__blind")[:NEWEST])
    images = [image for _ms, image, _blind in rows]
    groups = groups_of(pipeline, images, [blind for _ms, _image, blind in rows])
    return learn([ms for ms, _image, _blind in rows], groups)


def groups_of(pipeline: Pipeline | None, images: Sequence[UUID], blind: Sequence[bool]) -> list[Group]:
    """The group of each case (n,): its image, and whether it is read blind first."""
    if pipeline is None or not images:
        return [(each, None) for each in blind]
    pool = shown_of(pipeline, ids_of(images))
    found = above(pool, thresholds_of(pipeline)).tolist()
    unknown = [False] * len(images) if pool.excluded is None else pool.excluded.tolist()
    return [(each, None if no else up) for each, no, up in zip(blind, unknown, found, strict=True)]


def minutes_by_row(project: Project, pipeline: Pipeline, images: Ids, expected: Minutes) -> NDArray[np.float64]:
    """Expected minutes (N,) of these images, were they read as most cases of the project are."""
    blind = project.blind_first == BlindFirst.ALWAYS
    found = above(shown_of(pipeline, images), thresholds_of(pipeline))
    return np.where(found, expected.of((blind, True)), expected.of((blind, False)))
