"""A stored read is amended with a reason; the old one stands in the record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from inference.queries import champion_of
from inference.services import exposure_record, prediction_ensure
from labeling.models import Assignment, Read, ReferenceLabel
from labeling.services import (
    AssignmentGone,
    NoReason,
    assignment_claim,
    assignment_open_single,
    assignment_release,
    assignment_skip,
    assignments_release_lapsed,
    read_amend,
    read_submit,
    read_undo,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import answers, make_champion, make_image

State = Assignment.State


@pytest.fixture
def read(project: Project, reader: User) -> Read:
    """A read of an open case, of some time ago."""
    make_image(project)
    queue_fill(project=project)
    return submit(assignment_claim(project=project, reader=reader), reader)


def submit(case: Assignment, reader: User, value: str = "absent") -> Read:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project, value), key=uuid4())
    run_all()
    return read


def amend(read: Read, reason: str = "The prior shows it") -> Assignment:
    return read_amend(read=read, reader=read.reader, reason=reason)


def test_the_new_read_supersedes_the_old_one_and_says_why(read: Read, reader: User) -> None:
    second = submit(amend(read), reader, "present")
    assert (second.supersedes, second.reason) == (read, "The prior shows it")
    assert Read.objects.count() == 2 and Event.objects.filter(verb="read.amend", target_id=read.pk).exists()
    assert set(ReferenceLabel.objects.values_list("value", "readers")) == {(1.0, 1)}


def test_a_read_is_amended_with_a_reason_only(read: Read) -> None:
    for reason in ("  ", "x" * 501):
        with pytest.raises(NoReason):
            amend(read, reason)


def test_a_superseded_read_is_not_amended(read: Read, reader: User) -> None:
    submit(amend(read), reader)
    with pytest.raises(AssignmentGone, match="superseded"):
        amend(read)


def test_somebody_elses_read_is_not_amended(read: Read, colleague: User) -> None:
    with pytest.raises(AssignmentGone, match="your own"):
        read_amend(read=read, reader=colleague, reason="Mine")


def test_an_amended_read_can_be_undone_and_keeps_its_reason(read: Read, reader: User) -> None:
    second = submit(amend(read), reader, "present")
    third = submit(read_undo(read=second, reader=reader), reader, "uncertain")
    assert (third.supersedes, third.reason) == (second, second.reason)


def test_left_alone_the_read_stands(read: Read, reader: User, colleague: User) -> None:
    case = amend(read)
    Assignment.objects.filter(pk=case.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assignments_release_lapsed(project=case.project)
    assert Assignment.objects.get(pk=case.pk).state == State.DONE
    assert assignment_claim(project=case.project, reader=colleague) is None


def test_given_back_the_read_stands(read: Read, reader: User) -> None:
    case = amend(read)
    assignment_release(assignment=case, reader=reader)
    assert Assignment.objects.get(pk=case.pk).state == State.DONE


def test_a_read_that_is_amended_is_not_skipped(read: Read, reader: User) -> None:
    with pytest.raises(AssignmentGone, match="amending"):
        assignment_skip(assignment=amend(read), reader=reader, reason="blurred")


def test_the_image_open_elsewhere_is_answered_there(read: Read, reader: User) -> None:
    assignment_open_single(project=read.project, image=read.image, reader=reader)
    with pytest.raises(AssignmentGone, match="open in another case"):
        amend(read)


def test_after_the_reveal_the_blind_read_stands_for_good(project: Project, reader: User) -> None:
    make_image(project, reference=True)
    make_champion(project)
    case = assignment_claim(project=project, reader=reader)
    blind = submit(case, reader)
    exposure_record(prediction=prediction_ensure(pipeline=champion_of(project), image=case.image), user=reader)
    after = submit(case, reader, "present")
    again = amend(blind)
    assert again.state == State.REVEALED
    amended = submit(again, reader, "uncertain")
    assert (amended.phase, amended.supersedes) == (Read.Phase.REVEALED, after)
    assert not Read.objects.filter(supersedes=blind).exists()


def test_reads_never_change_after_the_migration_either(read: Read) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Read.objects.filter(pk=read.pk).update(reason="Another")
