"""The same reader in several tabs, and several readers at the same image, all at the same moment."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction

from labeling.models import Assignment, Holding, Purpose, Read
from labeling.services import (
    AssignmentGone,
    assignment_claim,
    assignment_open_single,
    assignment_skip,
    assignment_unskip,
    read_submit,
)
from labeling.services.selection import queue_fill
from labeling.values import AnswerInvalid
from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.founding import NotFounded, project_found
from overread.projects.models import Project, Role
from overread.projects.templates import NewFinding
from tests.factories import answers, make_member, make_project, make_user
from tests.services.crowd import at_once, enrol
from tests.services.house import until

State = Assignment.State
TABS = 8


@pytest.fixture
def queue(transactional_db: None) -> Project:
    """Twelve cases that wait for one reader each, and eight of the reference set, for two each."""
    project = make_project(batch_size=12)
    enrol(project, 12)
    enrol(project, 8, reference=True)
    queue_fill(project=project)
    return project


@pytest.fixture
def reader(queue: Project) -> User:
    return make_member(queue, Role.READER)


def test_every_tab_shows_the_same_case(queue: Project, reader: User) -> None:
    shown = at_once(lambda _: assignment_claim(project=queue, reader=reader), range(TABS))
    assert len(set(shown)) == 1 and None not in shown
    assert Holding.objects.count() == 1


def test_every_tab_prepares_the_same_next_case(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    after = at_once(lambda _: assignment_claim(project=queue, reader=reader, besides=first), range(TABS))
    assert len(set(after)) == 1 and set(after).isdisjoint({first, None})
    assert Assignment.objects.filter(reader=reader, state=State.CLAIMED).count() == 2


def test_a_double_click_opens_an_image_once(queue: Project, reader: User) -> None:
    (image,) = enrol(queue, 1)
    opened = at_once(lambda _: assignment_open_single(project=queue, image=image, reader=reader), range(TABS))
    assert len(set(opened)) == 1 and Assignment.objects.filter(image=image).count() == 1


def test_many_open_the_same_image(queue: Project) -> None:
    waiting = Assignment.objects.filter(purpose=Purpose.EXPLOIT).first()
    readers = [make_member(queue, Role.READER) for _ in range(TABS)]
    opened = at_once(lambda one: assignment_open_single(project=queue, image=waiting.image, reader=one), readers)
    assert len(set(opened)) == TABS and opened.count(waiting) == 1
    singles = Assignment.objects.filter(image=waiting.image, purpose=Purpose.SINGLE)
    assert sorted(singles.values_list("slot", flat=True)) == list(range(TABS - 1))


def test_both_readers_of_an_image_skip_it(queue: Project) -> None:
    reference = Assignment.objects.filter(purpose=Purpose.REFERENCE).order_by("image", "slot")
    for case in reference:
        who = make_member(queue, Role.READER)
        assert assignment_open_single(project=queue, image=case.image, reader=who).image_id == case.image_id
    held = list(reference.filter(state=State.CLAIMED).select_related("project", "image", "reader"))
    at_once(lambda case: assignment_skip(assignment=case, reader=case.reader, reason="blurred"), held)
    assert reference.filter(state=State.SKIPPED, slot__in=(0, 1)).count() == 16
    assert reference.filter(state=State.QUEUED, slot__in=(2, 3)).count() == 16


def test_every_tab_takes_a_skipped_case_back_once(queue: Project, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    assert case is not None
    assignment_skip(assignment=case, reader=reader, reason="blurred")
    back = at_once(lambda _: assignment_unskip(assignment=case, reader=reader), range(TABS))
    assert set(back) == {case} and Event.objects.filter(verb="assignment.unskip").count() == 1


def test_a_skipped_case_goes_to_its_reader_or_to_a_colleague(queue: Project, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    assert case is not None
    assignment_skip(assignment=case, reader=reader, reason="blurred")

    def take(who: User) -> object:
        try:
            if who == reader:
                return assignment_unskip(assignment=case, reader=reader)
            return assignment_open_single(project=queue, image=case.image, reader=who)
        except AssignmentGone:
            return None

    at_once(take, [reader, *(make_member(queue, Role.READER) for _ in range(3))])
    same = Assignment.objects.filter(image=case.image, purpose=case.purpose)
    wanted = 2 if case.purpose == Purpose.REFERENCE else 1
    assert same.exclude(state__in=[State.SKIPPED, State.WITHDRAWN]).count() == wanted


def test_a_crowd_that_skips_is_never_given_the_same_image_again(queue: Project) -> None:
    def skip_all(reader: User) -> list[object]:
        skipped = []
        while case := assignment_claim(project=queue, reader=reader):
            assignment_skip(assignment=case, reader=reader, reason="blurred")
            skipped.append(case.image_id)
        return skipped

    for skipped in at_once(skip_all, [make_member(queue, Role.READER) for _ in range(TABS)]):
        assert len(skipped) == len(set(skipped))
    assert not Assignment.objects.exclude(state__in=[State.SKIPPED, State.QUEUED]).exists()


def test_one_key_for_two_cases_answers_one(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    held = [first, assignment_claim(project=queue, reader=reader, besides=first)]
    key, said = uuid4(), answers(queue)

    def send(case: Assignment) -> Read | str:
        try:
            return read_submit(assignment=case, reader=reader, answers=said, key=key)
        except AnswerInvalid as refusal:
            return str(refusal)

    sent = at_once(send, held)
    assert Read.objects.get() in sent and any("another case" in str(each) for each in sent)


@pytest.mark.postgresql  # SQLite knows one writer at a time, and no row locks
def test_a_case_locked_for_a_moment_is_waited_for(queue: Project, reader: User) -> None:
    """The queue is being reordered: that is no reason to tell a reader that it is empty."""
    Assignment.objects.exclude(pk=Assignment.objects.first().pk).update(state=State.WITHDRAWN)
    given: list[Assignment | None] = []
    claim = threading.Thread(
        target=lambda: given.extend(at_once(lambda _: assignment_claim(project=queue, reader=reader), [1]))
    )
    with transaction.atomic():
        locked = Assignment.objects.select_for_update().get(state=State.QUEUED)
        claim.start()
        until(somebody_waits, "the claim waits")
    claim.join()
    assert given == [locked]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw at first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_a_project_is_made_once_however_often_it_is_asked_for(transactional_db: None) -> None:
    founder = make_user()

    def found(_: int) -> Project | None:
        try:
            return project_found(name="Ward 7", modality="CT", findings=[NewFinding("Mass")], founder=founder)
        except NotFounded:
            return None

    made = at_once(found, range(TABS))
    assert len([one for one in made if one]) == 1 and Project.objects.count() == 1
