"""A batch drawn by several jobs, each of which looks through a part of the images; one more draws from what they hand up.

The batch is the one that a single job would draw, as long as neither labels nor policies change meanwhile. For workers
only.
"""

from __future__ import annotations

import secrets
from itertools import pairwise
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from inference.memmap_cache import ID
from inference.queries import champion_of
from labeling.jobs import merge_request, shards_request
from labeling.models import Draw, DrawPart
from labeling.selection.sharded import DIVISIBLE, handed_up
from labeling.services.selection.candidates import Candidates, candidates_find, patients_waiting
from labeling.services.selection.drawing import Handed, batch_draw, quotas_of
from labeling.services.selection.filling import drawn_store, wanted
from labeling.services.selection.strategy import strategy_for
from labeling.services.selection.viewing import Numbered, view_of
from overread.archive.models import Enrolment
from overread.jobs.running import Lease
from overread.projects.models import Project

Rows = NDArray[np.int64]


def draw_begin(*, project: Project, lease: Lease, seed: int | None = None) -> bool:
    """Begin to draw in parts, where the queue runs low and there are more images than one job is to look through.

    False, and nothing is done, where one job can do it. One draw of a project goes on at a time.
    """
    if Draw.objects.filter(project=project).exists():
        with lease.finishing():
            return True
    size, most = wanted(project), settings.SELECTION_SHARD_ROWS
    if not size or project.strategy not in DIVISIBLE or Enrolment.objects.filter(project=project).count() <= most:
        return False
    found = candidates_find(project)
    if len(found) <= most:
        return False
    seed, waiting = secrets.randbelow(2**63) if seed is None else seed, patients_waiting(project).tobytes()
    with lease.finishing():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if Draw.objects.filter(project=project).exists():
            return True
        draw = Draw.objects.create(project=project, strategy=project.strategy, seed=seed, size=size, waiting=waiting)
        parts = [_part(draw, found, *ends) for ends in pairwise([*range(0, len(found), most), len(found)])]
        shards_request(draw=draw, parts=parts)
    return True


def _part(draw: Draw, found: Candidates, start: int, end: int) -> DrawPart:
    images, patients = found.images[start:end].tobytes(), found.patients[start:end].tobytes()
    return DrawPart.objects.create(draw=draw, start=start, of=len(found), images=images, patients=patients)


def shard_select(*, part: int, lease: Lease) -> None:
    """Look through one part and keep what it hands up. The last of a draw's parts has it drawn from."""
    found = DrawPart.objects.select_related("draw__project").filter(pk=part).first()
    handed, drawable = _looked_through(found) if found else (_none(), _none())
    with lease.finishing():
        draw = Draw.objects.select_for_update().filter(parts=part).first()
        if draw is None:  # given up meanwhile
            return
        draw.parts.filter(pk=part).update(handed=handed.tobytes(), drawable=drawable.tobytes(), done=True)
        if not draw.parts.filter(done=False).exists():
            merge_request(draw=draw)


def _looked_through(part: DrawPart) -> tuple[Rows, Rows]:
    """The numbers of those handed up, and of those that may be drawn; none where nothing is known of them."""
    draw, project, found = part.draw, part.draw.project, _candidates([part])
    numbers = np.arange(part.start, part.start + len(found))
    pool = view_of(project, champion_of(project), Numbered(found.images, numbers, part.of))
    if pool is None:
        return _none(), _none()
    rows = handed_up(
        pool,
        n=draw.size,
        strategy=strategy_for(draw.strategy, pool).__name__,
        patient_ids=np.append(found.patients, np.full(len(pool.known), -1)),
        patient_cap=project.patient_cap,
        seed=draw.seed,
        quotas=quotas_of(project, pool),
        waiting=_rows(draw, "waiting"),
    )
    return pool.numbers(rows), pool.numbers(pool.open)


def shards_merge(*, draw: UUID, lease: Lease) -> None:
    """Queue the batch of what the parts have handed up; nothing where the project has another strategy now."""
    found = Draw.objects.select_related("project").filter(pk=draw).first()
    project = found.project if found else None
    drawn = None
    if found and project and found.strategy == project.strategy:
        parts = list(found.parts.order_by("start"))
        handed, drawable = (np.concatenate([_rows(part, name) for part in parts]) for name in ("handed", "drawable"))
        up = Handed(_candidates(parts), handed, drawable, _rows(found, "waiting"))
        drawn = batch_draw(project, found.size, found.seed, handed=up)
    with lease.finishing():
        if project and Draw.objects.select_for_update().filter(pk=draw).exists():
            drawn_store(project=project, drawn=drawn)
            Draw.objects.filter(pk=draw).delete()


def _candidates(parts: list[DrawPart]) -> Candidates:
    images = np.frombuffer(b"".join(bytes(part.images) for part in parts), ID)
    return Candidates(images, np.frombuffer(b"".join(bytes(part.patients) for part in parts), np.int64))


def _rows(row: Draw | DrawPart, name: str) -> Rows:
    return np.frombuffer(bytes(getattr(row, name)), np.int64)


def _none() -> Rows:
    return np.empty(0, np.int64)
