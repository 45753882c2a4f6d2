"""Who gets which case."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from labeling.models import Assignment, Purpose, Read
from labeling.services import (
    AssignmentGone,
    assignment_claim,
    assignment_open_single,
    assignment_release,
    assignment_skip,
    assignments_release_lapsed,
    read_submit,
    read_undo,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.projects.models import Project, Role
from tests.api.rooms import make_blind
from tests.factories import answers, make_image, make_member, make_project, make_read


@pytest.fixture
def queue(project: Project) -> Project:
    """A project in whose queue two cases wait."""
    for _ in range(2):
        make_image(project)
    queue_fill(project=project)
    return project


def test_second_claim_gets_another_image(queue: Project, reader: User, colleague: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    second = assignment_claim(project=queue, reader=colleague)
    assert first and second and first.image_id != second.image_id


def test_claiming_again_gives_the_case_in_hand(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    assert assignment_claim(project=queue, reader=reader) == first


def test_the_case_besides_is_the_one_after(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    after = assignment_claim(project=queue, reader=reader, besides=first)
    assert after and after != first
    assert assignment_claim(project=queue, reader=reader, besides=first) == after


def test_an_empty_queue_gives_none(project: Project, reader: User) -> None:
    assert assignment_claim(project=project, reader=reader) is None


def test_a_lapsed_lease_goes_to_the_next_reader(queue: Project, reader: User, colleague: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    Assignment.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = {assignment_claim(project=queue, reader=colleague, besides=None)}
    taken |= {assignment_claim(project=queue, reader=colleague, besides=taken.copy().pop())}
    assert first in taken


def test_a_late_answer_is_kept_as_an_extra_read(queue: Project, reader: User, colleague: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    Assignment.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assignments_release_lapsed(project=queue)
    Assignment.objects.exclude(pk=first.pk).update(state=Assignment.State.WITHDRAWN)
    assert assignment_claim(project=queue, reader=colleague) == first
    read = read_submit(assignment=first, reader=reader, answers=answers(queue), key=uuid4())
    assert read.extra
    assert Assignment.objects.get(pk=first.pk).reader == colleague


def test_a_late_answer_nobody_else_took_is_in_time(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    Assignment.objects.filter(pk=first.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assignments_release_lapsed(project=queue)
    read = read_submit(assignment=first, reader=reader, answers=answers(queue), key=uuid4())
    assert not read.extra
    assert Assignment.objects.get(pk=first.pk).state == Assignment.State.DONE


def test_skipping_needs_a_reason_and_offers_the_case_to_others(queue: Project, reader: User, colleague: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    with pytest.raises(ValueError, match="reason for skipping"):
        assignment_skip(assignment=first, reader=reader, reason="  ")
    assignment_skip(assignment=first, reader=reader, reason="blurred")
    again = Assignment.objects.get(image=first.image, state=Assignment.State.QUEUED)
    assert (again.purpose, again.slot) == (first.purpose, first.slot + 1)


def test_who_skipped_a_case_is_not_given_it_again(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    assignment_skip(assignment=first, reader=reader, reason="blurred")
    second = assignment_claim(project=queue, reader=reader)
    assert second.image_id != first.image_id
    assert assignment_claim(project=queue, reader=reader, besides=second) is None


def test_releasing_puts_the_case_back(queue: Project, reader: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    assignment_release(assignment=first, reader=reader)
    assert Assignment.objects.get(pk=first.pk).state == Assignment.State.QUEUED


def test_somebody_elses_case_cannot_be_skipped(queue: Project, reader: User, colleague: User) -> None:
    first = assignment_claim(project=queue, reader=reader)
    with pytest.raises(AssignmentGone):
        assignment_skip(assignment=first, reader=colleague, reason="mine now")


def test_nobody_gets_an_image_twice(queue: Project, reader: User) -> None:
    first = make_read(queue, reader)
    second = make_read(queue, reader)
    assert first.image_id != second.image_id
    assert assignment_claim(project=queue, reader=reader) is None


def test_reference_images_are_read_blind_by_two_readers(project: Project, reader: User, colleague: User) -> None:
    make_image(project, reference=True)
    queue_fill(project=project)
    mine, theirs = (assignment_claim(project=project, reader=who) for who in (reader, colleague))
    assert mine.image_id == theirs.image_id and mine != theirs
    assert {mine.purpose, theirs.purpose} == {Purpose.REFERENCE} and mine.blind and theirs.blind


def test_a_disputed_reference_image_goes_to_an_adjudicator(
    project: Project, reader: User, colleague: User, adjudicator: User
) -> None:
    make_image(project, reference=True)
    queue_fill(project=project)
    make_read(project, reader, "absent")
    make_read(project, colleague, "present")
    outsider = make_member(project, Role.READER)
    assert assignment_claim(project=project, reader=outsider) is None
    case = assignment_claim(project=project, reader=adjudicator)
    assert case.purpose == Purpose.ADJUDICATE and case.blind


def test_opening_an_image_takes_it_from_the_queue(queue: Project, reader: User) -> None:
    waiting = Assignment.objects.filter(project=queue, state=Assignment.State.QUEUED).last()
    opened = assignment_open_single(project=queue, image=waiting.image, reader=reader)
    assert opened == waiting and opened.reader == reader
    assert assignment_open_single(project=queue, image=waiting.image, reader=reader) == waiting


def test_cases_of_another_project_are_not_offered(queue: Project) -> None:
    elsewhere = make_project()
    reader = make_member(elsewhere, Role.READER)
    assert assignment_claim(project=elsewhere, reader=reader) is None


def skip_answered(case: Assignment, reader: User) -> None:
    """Skip a case that has an answer: it is done, the answer stands, and its image is not offered again."""
    before = Read.objects.filter(assignment=case).count()
    assert assignment_skip(assignment=case, reader=reader, reason="blurred")
    case.refresh_from_db()
    assert (case.state, case.lease_until) == (Assignment.State.DONE, None) and case.finished_at
    assert Read.objects.filter(assignment=case, superseded_by=None).count() == before == 1
    assert Assignment.objects.filter(image=case.image).count() == 1
    assert Event.objects.get(verb="assignment.skip").detail == {"read_stands": True}


def test_skipping_a_revealed_case_leaves_its_first_read(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    read_submit(assignment=case, reader=reader, answers=answers(project), key=uuid4())
    case.refresh_from_db()
    assert case.state == Assignment.State.REVEALED
    skip_answered(case, reader)


def test_skipping_after_undo_leaves_the_read(queue: Project, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    read = read_submit(assignment=case, reader=reader, answers=answers(queue), key=uuid4())
    read_undo(read=read, reader=reader)
    skip_answered(case, reader)
