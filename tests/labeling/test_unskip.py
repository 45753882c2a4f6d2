"""A skipped case can be taken back by its reader while nobody else has it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from inference.services import exposure_record, prediction_ensure
from labeling.models import Assignment, Purpose
from labeling.queries.skipped import skipped_by
from labeling.services import (
    AssignmentGone,
    assignment_claim,
    assignment_open_single,
    assignment_skip,
    assignment_unskip,
    opinion_ask,
    read_submit,
)
from labeling.services.selection import queue_fill
from overread.audit.models import Event
from overread.projects.models import Role
from tests.factories import answers, make_champion, make_image, make_member, make_user

State = Assignment.State


@pytest.fixture
def case(project, reader):
    make_image(project)
    queue_fill(project=project)
    return assignment_claim(project=project, reader=reader)


def skip(case, reader):
    assignment_skip(assignment=case, reader=reader, reason="Not my field")


def unskip(case, reader):
    return assignment_unskip(assignment=case, reader=reader)


def states(case):
    return sorted(Assignment.objects.filter(image=case.image).values_list("state", flat=True))


def listed(case, reader):
    return [(one.is_taken, one.read_since) for one in skipped_by(project=case.project, reader=reader)]


def test_it_works(case, reader):
    skip(case, reader)
    assert states(case) == ["queued", "skipped"] and listed(case, reader) == [(False, False)]
    back = unskip(case, reader)
    assert (back, back.state, back.skip_reason) == (case, State.CLAIMED, "")
    assert states(case) == ["claimed", "withdrawn"] and listed(case, reader) == []
    assert Event.objects.get(verb="assignment.unskip").actor == reader


def test_it_is_read_as_any_other(case, reader):
    skip(case, reader)
    read = read_submit(assignment=unskip(case, reader), reader=reader, answers=answers(case.project), key=uuid4())
    assert not read.extra and states(case) == ["done", "withdrawn"]


def test_nobody_else_is_given_it_any_more(case, reader, colleague):
    skip(case, reader)
    unskip(case, reader)
    assert assignment_claim(project=case.project, reader=colleague) is None


def test_a_double_click_takes_it_back_once(case, reader):
    skip(case, reader)
    assert unskip(case, reader) == unskip(case, reader)
    assert Event.objects.filter(verb="assignment.unskip").count() == 1


def test_it_can_be_skipped_again_for_the_next(case, reader, colleague):
    skip(case, reader)
    skip(unskip(case, reader), reader)
    assert states(case) == ["queued", "skipped", "withdrawn"]
    assert assignment_claim(project=case.project, reader=colleague).image == case.image


def test_a_colleague_who_has_it_keeps_it(case, reader, colleague):
    skip(case, reader)
    assignment_claim(project=case.project, reader=colleague)
    assert listed(case, reader) == [(True, False)]
    with pytest.raises(AssignmentGone, match="colleague has taken"):
        unskip(case, reader)
    assert states(case) == ["claimed", "skipped"]


def test_what_a_colleague_has_read_is_not_read_again(case, reader, colleague):
    skip(case, reader)
    theirs = assignment_claim(project=case.project, reader=colleague)
    read_submit(assignment=theirs, reader=colleague, answers=answers(case.project), key=uuid4())
    with pytest.raises(AssignmentGone):
        unskip(case, reader)


def test_two_who_skipped_one_case_do_not_both_get_it(case, reader, colleague):
    skip(case, reader)
    theirs = assignment_claim(project=case.project, reader=colleague)
    skip(theirs, colleague)
    unskip(case, reader)
    with pytest.raises(AssignmentGone):
        unskip(theirs, colleague)
    assert states(case) == ["claimed", "skipped", "withdrawn"]


def test_the_same_where_nobody_is_asked_any_more(case, reader, colleague, adjudicator):
    skip(case, reader)
    skip(assignment_claim(project=case.project, reader=colleague), colleague)
    last = assignment_claim(project=case.project, reader=adjudicator)
    skip(last, adjudicator)
    assert states(case) == ["skipped"] * 3
    unskip(case, reader)
    with pytest.raises(AssignmentGone):
        unskip(last, adjudicator)


def test_of_two_slots_the_other_reader_keeps_theirs(project, reader, colleague):
    make_image(project, reference=True)
    queue_fill(project=project)
    case = assignment_claim(project=project, reader=reader)
    skip(case, reader)
    assignment_claim(project=project, reader=colleague)
    unskip(case, reader)
    assert states(case) == ["claimed", "claimed", "withdrawn"]


def test_an_opinion_for_somebody_else_stays_in_the_queue(case, reader, colleague):
    skip(case, reader)
    theirs = assignment_claim(project=case.project, reader=colleague)
    make_member(case.project, Role.READER)
    opinion_ask(assignment=theirs, reader=colleague)
    with pytest.raises(AssignmentGone):
        unskip(case, reader)
    assert states(case) == ["claimed", "queued", "skipped"]


def test_what_its_reader_opened_themselves_comes_back(project, reader):
    case = assignment_open_single(project=project, image=make_image(project), reader=reader)
    skip(case, reader)
    assert unskip(case, reader).purpose == Purpose.SINGLE


def test_who_has_read_the_image_since_reads_it_no_second_time(case, reader):
    skip(case, reader)
    own = assignment_open_single(project=case.project, image=case.image, reader=reader)
    with pytest.raises(AssignmentGone, match="open in another case"):
        unskip(case, reader)
    read_submit(assignment=own, reader=reader, answers=answers(case.project), key=uuid4())
    assert listed(case, reader)[0][1]
    with pytest.raises(AssignmentGone, match="read this image since"):
        unskip(case, reader)


def test_a_blind_case_stays_skipped_once_its_model_was_seen(project, reader):
    make_image(project, reference=True)
    champion = make_champion(project)
    case = assignment_claim(project=project, reader=reader)
    skip(case, reader)
    exposure_record(prediction=prediction_ensure(pipeline=champion, image=case.image), user=reader)
    with pytest.raises(AssignmentGone, match="may know"):
        unskip(case, reader)


def test_a_case_of_others_is_not_taken(case, reader, colleague):
    skip(case, reader)
    with pytest.raises(AssignmentGone, match="not skipped"):
        unskip(case, colleague)


def test_a_case_in_the_queue_is_not_taken(case, reader):
    with pytest.raises(AssignmentGone, match="not skipped"):
        unskip(case, make_user())
