"""A case put aside stays its reader's until the time they chose."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.models import Assignment, Read
from labeling.queries.worklist import worklist
from labeling.services import (
    AssignmentGone,
    Until,
    assignment_claim,
    assignment_defer,
    assignment_open_single,
    assignment_resume,
    assignment_take,
    assignments_release_lapsed,
    read_submit,
)
from labeling.services.deferring import moment_of
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.models import Project
from tests.factories import answers, make_champion, make_image

State = Assignment.State


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    make_image(project)
    queue_fill(project=project)
    return assignment_claim(project=project, reader=reader)


def lapse(case: Assignment) -> None:
    Assignment.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assignments_release_lapsed(project=case.project)


def test_nobody_is_given_a_case_put_aside(case: Assignment, reader: User, colleague: User) -> None:
    until = assignment_defer(assignment=case, reader=reader, until=Until.HOUR)
    assert timedelta(minutes=59) < until - timezone.now() <= timedelta(hours=1)
    for who in (reader, colleague):
        assert assignment_claim(project=case.project, reader=who) is None
    assert list(worklist(project=case.project, reader=reader).aside) == [case]
    assert Event.objects.filter(verb="assignment.defer", target_id=case.pk).exists()


def test_its_reader_goes_on_with_it_as_it_was(case: Assignment, reader: User) -> None:
    assignment_defer(assignment=case, reader=reader, until=Until.TOMORROW)
    resumed = assignment_take(assignment=case, reader=reader)
    assert resumed == case and (resumed.state, resumed.version) == (State.CLAIMED, case.version)


def test_opening_its_image_goes_on_with_it(case: Assignment, reader: User) -> None:
    assignment_defer(assignment=case, reader=reader, until=Until.TODAY)
    assert assignment_open_single(project=case.project, image=case.image, reader=reader) == case


def test_when_the_time_is_over_the_queue_has_it_again(case: Assignment, reader: User, colleague: User) -> None:
    assignment_defer(assignment=case, reader=reader, until=Until.HOUR)
    lapse(case)
    assert assignment_claim(project=case.project, reader=colleague) == case
    with pytest.raises(AssignmentGone):
        assignment_resume(assignment=case, reader=reader)


def test_a_first_read_put_aside_stays_a_read(project: Project, reader: User) -> None:
    make_image(project, reference=True)
    make_champion(project)
    case = assignment_claim(project=project, reader=reader)
    read_submit(assignment=case, reader=reader, answers=answers(project), key=uuid4())
    assignment_defer(assignment=case, reader=reader, until=Until.HOUR)
    lapse(case)
    assert Assignment.objects.get(pk=case.pk).state == State.DONE and Read.objects.count() == 1


def test_an_answer_to_a_case_put_aside_is_in_time(case: Assignment, reader: User) -> None:
    assignment_defer(assignment=case, reader=reader, until=Until.HOUR)
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    assert not read.extra and Assignment.objects.get(pk=case.pk).state == State.DONE


def test_a_colleagues_case_cannot_be_put_aside(case: Assignment, colleague: User) -> None:
    with pytest.raises(AssignmentGone):
        assignment_defer(assignment=case, reader=colleague, until=Until.HOUR)


def test_days_end_at_midnight() -> None:
    today, tomorrow = (timezone.localtime(moment_of(until)) for until in (Until.TODAY, Until.TOMORROW))
    assert today.time() == tomorrow.time() == timezone.datetime.min.time()
    assert tomorrow.date() - today.date() == timedelta(days=1) == today.date() - timezone.localdate()


def test_a_case_put_aside_has_a_reader_and_an_end(case: Assignment) -> None:
    for missing in ({"reader": None}, {"lease_until": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.filter(pk=case.pk).update(state=State.DEFERRED, **missing)
