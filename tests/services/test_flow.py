"""Putting aside, sending on and amending, all at the same moment as something else."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from labeling.models import Assignment, Read
from labeling.services import (
    AssignmentGone,
    NotSent,
    Until,
    assignment_claim,
    assignment_defer,
    assignment_escalate,
    assignment_open_single,
    assignment_resume,
    assignments_release_lapsed,
    opinion_ask,
    read_amend,
    read_submit,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.factories import answers, make_member, make_project
from tests.services.crowd import at_once, enrol

State = Assignment.State
CROWD = 6


@pytest.fixture
def queue(transactional_db: None) -> Project:
    project = make_project()
    enrol(project, 1)
    queue_fill(project=project)
    return project


@pytest.fixture
def readers(queue: Project) -> list[User]:
    return [make_member(queue, Role.READER) for _ in range(CROWD)]


@pytest.fixture
def case(queue: Project, readers: list[User]) -> Assignment:
    return assignment_claim(project=queue, reader=readers[0])


def tried(work: object, **fields: object) -> object:
    """What came of it, refusals included."""
    try:
        return work(**fields)  # type: ignore[operator]
    except (AssignmentGone, NotSent) as refusal:
        return refusal


def test_an_escalated_case_goes_to_one_of_its_role(queue: Project, readers: list[User], case: Assignment) -> None:
    seniors = [make_member(queue, Role.ADJUDICATOR) for _ in range(CROWD)]

    def act(who: User) -> object:
        if who == readers[0]:
            return assignment_escalate(assignment=case, reader=who, role=Role.ADJUDICATOR, reason="Odd")
        return assignment_claim(project=queue, reader=who)

    at_once(act, [readers[0], *seniors])
    at_once(act, seniors)
    held = Assignment.objects.filter(state__in=Assignment.HELD)
    assert held.count() == 1 and held.get().reader in seniors and held.get().sent_from == case


def test_a_case_escalated_twice_at_once_goes_once(queue: Project, readers: list[User], case: Assignment) -> None:
    make_member(queue, Role.ADJUDICATOR)
    fields = {"assignment": case, "reader": readers[0], "role": Role.ADJUDICATOR, "reason": "Odd"}
    done = at_once(lambda _: tried(assignment_escalate, **fields), range(CROWD))
    assert sum(isinstance(each, Assignment) for each in done) == 1
    assert Assignment.objects.filter(sent_from=case).count() == 1


def test_a_second_opinion_asked_twice_at_once_is_one(queue: Project, readers: list[User], case: Assignment) -> None:
    done = at_once(lambda _: tried(opinion_ask, assignment=case, reader=readers[0]), range(CROWD))
    assert sum(isinstance(each, Assignment) for each in done) == 1


def test_many_ask_for_an_opinion_on_one_image(queue: Project, readers: list[User]) -> None:
    (image,) = enrol(queue, 1)
    cases = [assignment_open_single(project=queue, image=image, reader=each) for each in readers[:3]]
    at_once(lambda one: opinion_ask(assignment=one, reader=one.reader), cases)
    slots = Assignment.objects.filter(image=image).values_list("slot", flat=True)
    assert sorted(slots) == list(range(6))


def test_a_case_put_aside_whose_time_is_over_has_one_reader(
    queue: Project, readers: list[User], case: Assignment
) -> None:
    """Its reader goes on with it at the moment it lapses and everybody claims."""
    assignment_defer(assignment=case, reader=readers[0], until=Until.HOUR)
    Assignment.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    def act(who: User) -> object:
        if who == readers[0]:
            return tried(assignment_resume, assignment=case, reader=who)
        assignments_release_lapsed(project=queue)
        return assignment_claim(project=queue, reader=who)

    done = at_once(act, readers)
    assert sum(isinstance(each, Assignment) for each in done) == 1
    assert Assignment.objects.filter(state=State.CLAIMED).count() == 1


def test_amending_twice_at_once_opens_the_case_once(queue: Project, readers: list[User], case: Assignment) -> None:
    read = read_submit(assignment=case, reader=readers[0], answers=answers(queue), key=uuid4())
    done = at_once(lambda _: tried(read_amend, read=read, reader=readers[0], reason="Odd"), range(CROWD))
    assert sum(isinstance(each, Assignment) for each in done) == 1
    assert Read.objects.count() == 1 and Assignment.objects.get(pk=case.pk).state == State.CLAIMED
