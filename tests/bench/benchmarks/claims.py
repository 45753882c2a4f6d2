"""Sixteen readers claiming and answering at once: cases a second, waiting time, and that none is doubled or lost.

Every reader is a process with a connection of its own, and goes on without a pause for thought. `next_submit_p95_ms`
is what a reader waits from one answer to the next case. The bare limit is the same number of conditional UPDATEs by as
many processes on the same database: two a case, one to claim it and one to finish it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import UUID, uuid4

from tests.bench.asked import Asked
from tests.bench.deployment import begin, databases, deployment
from tests.bench.measure import percentile_ms
from tests.bench.part import part
from tests.bench.rows import Row

READERS = 16
_together: Barrier  # of this reader and all others; set as a process begins


@dataclass(frozen=True)
class Shift:
    """What one reader did: the keys of answers that were accepted, seconds waited for each, start and end."""

    keys: tuple[UUID, ...]
    waits: tuple[float, ...]
    start: float
    end: float


def run(asked: Asked) -> Iterator[Row]:
    for database in databases(asked):
        with deployment(database) as env:
            found = part(measure, env=env, cases=asked.cases or READERS * (3 if asked.quick else 16))
        for system, metrics in found.items():
            for metric, value in metrics.items():
                yield Row(f"{database}/{READERS}_readers", metric, value, system)


def measure(cases: int) -> dict[str, dict[str, float]]:
    begin()
    from labeling.services.selection import queue_fill
    from overread.projects.models import Role
    from tests.factories import make_member, make_project
    from tests.services.crowd import enrol

    rehearsal, project = make_project(), make_project(batch_size=cases)
    for of, count in ((rehearsal, 1), (project, cases)):
        enrol(of, count)
        queue_fill(project=of)
    read_all(rehearsal.pk, make_member(rehearsal, Role.READER).pk)  # what it imports is there now
    readers = [make_member(project, Role.READER).pk for _ in range(READERS)]
    shifts = at_once(read_all, [(project.pk, reader) for reader in readers])
    bare_table(cases)
    bare = at_once(update_all, [(number, cases) for number in range(READERS)])
    return {"overread": speed(shifts) | faults(project, shifts), "bare_update": speed(bare)}


def speed(shifts: Sequence[Shift]) -> dict[str, float]:
    waits = [wait for shift in shifts for wait in shift.waits]
    wall = max(shift.end for shift in shifts) - min(shift.start for shift in shifts)
    return {
        "claims_per_s": len(waits) / wall,
        "next_submit_p50_ms": percentile_ms(waits, 50),
        "next_submit_p95_ms": percentile_ms(waits, 95),
    }


def faults(project: Any, shifts: Sequence[Shift]) -> dict[str, float]:
    """Cases that went to two readers or were answered twice; answers accepted and not there, and cases unread."""
    from labeling.models import Assignment, Holding, Read

    held = Counter(Holding.objects.filter(assignment__project=project).values_list("assignment", flat=True))
    reads = Read.objects.filter(project=project)
    read, stored = Counter(reads.values_list("image", flat=True)), set(reads.values_list("key", flat=True))
    accepted = {key for shift in shifts for key in shift.keys}
    unread = Assignment.objects.filter(project=project).exclude(state=Assignment.State.DONE).count()
    return {
        "double_served_count": sum(held.values()) - len(held) + sum(read.values()) - len(read),
        "lost_count": len(accepted - stored) + unread,
        "read_count": len(stored),
    }


def at_once(work: Callable[..., Shift], each: Sequence[tuple[Any, ...]]) -> list[Shift]:
    """Each in a process forked from this one, all starting together."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    with ProcessPoolExecutor(len(each), context, _begin, (context.Barrier(len(each)),)) as pool:
        return list(pool.map(_start_together, [work] * len(each), each))


def _begin(barrier: Barrier) -> None:
    global _together
    _together = barrier


def _start_together(work: Callable[..., Shift], one: tuple[Any, ...]) -> Shift:
    from django.db import connection

    connection.ensure_connection()
    _together.wait()
    return work(*one)


def read_all(project_pk: UUID, reader_pk: int) -> Shift:
    from labeling.services import assignment_claim, read_submit
    from overread.accounts.models import User
    from overread.projects.models import Project
    from tests.factories import answers

    project, reader = Project.objects.get(pk=project_pk), User.objects.get(pk=reader_pk)
    said, keys, waits, start = answers(project), [], [], time.monotonic()
    case = assignment_claim(project=project, reader=reader)
    while case:
        key, sent = uuid4(), time.monotonic()
        read_submit(assignment=case, reader=reader, answers=said, key=key)
        case = assignment_claim(project=project, reader=reader)
        keys.append(key)
        waits.append(time.monotonic() - sent)
    return Shift(tuple(keys), tuple(waits), start, time.monotonic())


def bare_table(cases: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_case (id integer PRIMARY KEY, state varchar(8) NOT NULL, reader integer)")
        cursor.executemany("INSERT INTO bench_case VALUES (%s, 'queued', NULL)", [(row,) for row in range(cases)])


def update_all(reader: int, cases: int) -> Shift:
    from django.db import connection

    waits, start = [], time.monotonic()
    with connection.cursor() as cursor:
        for row in range(reader, cases, READERS):
            sent = time.monotonic()
            cursor.execute(
                "UPDATE bench_case SET state = 'claimed', reader = %s WHERE id = %s AND state = 'queued'", [reader, row]
            )
            cursor.execute(
                "UPDATE bench_case SET state = 'done' WHERE id = %s AND reader = %s AND state = 'claimed'",
                [row, reader],
            )
            assert cursor.rowcount == 1
            waits.append(time.monotonic() - sent)
    return Shift((), tuple(waits), start, time.monotonic())
