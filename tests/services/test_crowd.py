"""Sixteen readers at once: nothing is served twice, lost or doubled."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from labeling.models import Assignment, Holding, Read
from labeling.services import assignment_claim, assignments_release_lapsed, read_submit
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.projects.models import Project, Role
from tests.factories import answers, make_member, make_project
from tests.services.crowd import at_once, enrol

READERS, ONCE, TWICE = 16, 48, 16  # images read by one, and of the reference set by two
CASES = ONCE + 2 * TWICE
State = Assignment.State


@pytest.fixture
def queue(transactional_db: None) -> Project:
    project = make_project(batch_size=ONCE)
    enrol(project, ONCE)
    enrol(project, TWICE, reference=True)
    queue_fill(project=project)
    assert Assignment.objects.filter(state=State.QUEUED).count() == CASES
    return project


@pytest.fixture
def readers(queue: Project) -> list[User]:
    return [make_member(queue, Role.READER) for _ in range(READERS)]


def read_all(project: Project, reader: User) -> list[UUID]:
    """Read until the queue holds nothing for this reader, every answer sent by a double click. Returns their keys."""
    keys, said = [], answers(project)
    with ThreadPoolExecutor(1) as other_click:
        while case := assignment_claim(project=project, reader=reader):
            keys.append(uuid4())
            request = {"assignment": case, "reader": reader, "answers": said, "key": keys[-1]}
            second = other_click.submit(read_submit, **request)
            assert read_submit(**request) == second.result()
        other_click.submit(lambda: connection.close()).result()
    return keys


def test_sixteen_readers_at_once(queue: Project, readers: list[User]) -> None:
    begun = monotonic()
    keys = [key for each in at_once(lambda reader: read_all(queue, reader), readers) for key in each]
    seconds = monotonic() - begun
    print(
        f"\n{connection.vendor}: {CASES} cases claimed and answered in {seconds:.1f} s, {CASES / seconds:.0f} a second"
    )
    assert len(keys) == CASES and sorted(keys) == sorted(Read.objects.values_list("key", flat=True))
    assert set(Counter(Holding.objects.values_list("assignment", flat=True)).values()) == {1}
    assert set(Counter(Read.objects.values_list("assignment", flat=True)).values()) == {1}
    assert set(Counter(Read.objects.values_list("image", "reader")).values()) == {1}
    assert Counter(Counter(Read.objects.values_list("image", flat=True)).values()) == {1: ONCE, 2: TWICE}
    assert not Assignment.objects.exclude(state=State.DONE).exists() and not Read.objects.filter(extra=True).exists()
    told = Event.objects.filter(verb="read.submit").values_list("target_id", flat=True)
    asked = Job.objects.filter(kind="labeling.labels").values_list("key", flat=True)
    reads = sorted(str(pk) for pk in Read.objects.values_list("pk", flat=True))
    assert sorted(told) == reads and sorted(asked) == [f"labels:{pk}" for pk in reads]


def test_leases_that_lapse_meanwhile_lose_and_double_nothing(queue: Project, readers: list[User]) -> None:
    def read_or_lapse(reader: User | None) -> list[UUID]:
        if reader:
            return read_all(queue, reader)
        while Assignment.objects.exclude(state=State.DONE).exists():
            # One by one: time alone ends leases, so nothing in the product locks many cases to do so
            for held in Assignment.objects.filter(state=State.CLAIMED):
                over = timezone.now() - timedelta(seconds=1)
                Assignment.objects.filter(pk=held.pk, state=State.CLAIMED).update(lease_until=over)
            assignments_release_lapsed(project=queue)
        return []

    keys = [key for each in at_once(read_or_lapse, [None, *readers]) for key in each]
    assert sorted(keys) == sorted(Read.objects.values_list("key", flat=True))
    in_time = Counter(Read.objects.filter(extra=False).values_list("assignment", flat=True))
    assert len(in_time) == CASES and set(in_time.values()) == {1}
    assert Counter(Read.objects.values_list("image", "reader")).most_common(1)[0][1] == 1
