"""Escalations and second opinions: who gets them, and what travels with them."""

from uuid import uuid4

import pytest

from labeling.models import Assignment, Priority, Purpose, Read, ReferenceLabel, Sent
from labeling.queries.referrals import replies, roles_above, roles_besides, sent_by
from labeling.services import (
    AssignmentGone,
    NotSent,
    assignment_claim,
    assignment_escalate,
    assignment_skip,
    opinion_ask,
    read_submit,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Membership, Project, Role
from tests.factories import answers, make_champion, make_image, make_member

State = Assignment.State


@pytest.fixture
def case(project: Project, reader: User, adjudicator: User) -> Assignment:
    """A case in the reader's hands; another one waits."""
    for _ in range(2):
        make_image(project)
    queue_fill(project=project)
    return assignment_claim(project=project, reader=reader)


def escalate(case: Assignment, reader: User, role: str = Role.ADJUDICATOR) -> Assignment:
    return assignment_escalate(assignment=case, reader=reader, role=role, reason="Unusual hilum")


def submit(case: Assignment, reader: User, value: str = "absent") -> Read:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project, value), key=uuid4())
    run_all()
    return read


def test_an_escalated_case_is_first_in_line_for_its_role(
    case: Assignment, reader: User, colleague: User, adjudicator: User
) -> None:
    sent = escalate(case, reader)
    assert (sent.purpose, sent.blind, sent.selection) == (case.purpose, case.blind, case.selection)
    assert assignment_claim(project=case.project, reader=colleague).image_id != case.image_id
    assert assignment_claim(project=case.project, reader=adjudicator) == sent
    assert Event.objects.filter(verb="assignment.escalate", target_id=case.pk).exists()


def test_it_never_comes_back_to_its_sender(case: Assignment, reader: User) -> None:
    Membership.objects.create(project=case.project, user=reader, role=Role.ANNOTATOR)
    escalate(case, reader)
    first = assignment_claim(project=case.project, reader=reader)
    assert first.image_id != case.image_id
    assert assignment_claim(project=case.project, reader=reader, besides=first) is None


@pytest.mark.parametrize(
    ("role", "reason", "refusal"),
    [
        (Role.ADJUDICATOR, "  ", "reason for escalating"),
        ("", "Odd", "Choose the role"),
        (Role.READER, "Odd", "a role above your own"),
        (Role.ANNOTATOR, "Odd", "a role above your own"),
        (Role.ADMINISTRATOR, "Odd", "does not read"),
        (Role.ADJUDICATOR, "x" * 501, "500 characters"),
    ],
)
def test_what_cannot_be_escalated_is_told(case: Assignment, reader: User, role: str, reason: str, refusal: str) -> None:
    with pytest.raises(NotSent, match=refusal):
        assignment_escalate(assignment=case, reader=reader, role=role, reason=reason)
    assert Assignment.objects.get(pk=case.pk).state == State.CLAIMED


def test_a_role_whose_readers_have_all_read_it_is_no_address(case: Assignment, reader: User, adjudicator: User) -> None:
    opinion_ask(assignment=case, reader=reader, role=Role.ADJUDICATOR)
    submit(assignment_claim(project=case.project, reader=adjudicator), adjudicator)
    with pytest.raises(NotSent, match="have read it"):
        escalate(case, reader)


def test_somebody_elses_case_cannot_be_escalated(case: Assignment, colleague: User) -> None:
    with pytest.raises(AssignmentGone):
        escalate(case, colleague)


def test_an_escalated_case_that_is_skipped_stays_with_its_role(
    case: Assignment, reader: User, adjudicator: User
) -> None:
    other = make_member(case.project, Role.ADJUDICATOR)
    escalate(case, reader)
    assignment_skip(
        assignment=assignment_claim(project=case.project, reader=adjudicator), reader=adjudicator, reason="x"
    )
    again = assignment_claim(project=case.project, reader=other)
    assert (again.image_id, again.sent_by, again.priority) == (case.image_id, reader, Priority.SENT)
    assert list(sent_by(project=case.project, reader=reader)) == [again]


def test_a_first_read_stands_when_its_case_is_escalated(project: Project, reader: User, adjudicator: User) -> None:
    make_image(project, reference=True)
    make_champion(project)
    case = assignment_claim(project=project, reader=reader)
    submit(case, reader)
    sent = escalate(Assignment.objects.get(pk=case.pk), reader)
    assert sent.blind and Read.objects.filter(reader=reader, superseded_by=None).count() == 1


def test_a_second_opinion_is_read_by_somebody_else(case: Assignment, reader: User, colleague: User) -> None:
    asked = opinion_ask(assignment=case, reader=reader, reason="Is the apex clear?")
    assert Assignment.objects.get(pk=case.pk).state == State.CLAIMED
    assert (asked.sent_as, asked.purpose, asked.slot) == (Sent.OPINION, case.purpose, case.slot + 1)
    assert assignment_claim(project=case.project, reader=colleague) == asked
    assert assignment_claim(project=case.project, reader=reader, besides=case) != asked


def test_a_second_opinion_counts_as_one_more_reading(case: Assignment, reader: User, colleague: User) -> None:
    submit(case, reader, "present")
    opinion_ask(assignment=case, reader=reader)
    submit(assignment_claim(project=case.project, reader=colleague), colleague, "present")
    assert set(ReferenceLabel.objects.filter(image=case.image).values_list("readers", "value")) == {(2, 1.0)}


def test_a_second_opinion_on_an_adjudication_decides_nothing(
    project: Project, reader: User, colleague: User, adjudicator: User
) -> None:
    image = make_image(project, reference=True)
    queue_fill(project=project)
    for who, value in ((reader, "absent"), (colleague, "present")):
        submit(assignment_claim(project=project, reader=who), who, value)
    case = assignment_claim(project=project, reader=adjudicator)
    assert case.purpose == Purpose.ADJUDICATE
    third = make_member(project, Role.READER)
    asked = opinion_ask(assignment=case, reader=adjudicator)
    assert asked.purpose == Purpose.REFERENCE and assignment_claim(project=project, reader=third) == asked
    submit(asked, third, "absent")
    submit(case, adjudicator, "present")
    assert set(ReferenceLabel.objects.filter(image=image).values_list("method", "value")) == {("adjudication", 1.0)}


def test_it_is_asked_for_once(case: Assignment, reader: User, colleague: User) -> None:
    opinion_ask(assignment=case, reader=reader)
    with pytest.raises(NotSent, match="already"):
        opinion_ask(assignment=case, reader=reader)


def test_who_never_had_the_case_cannot_ask(case: Assignment, colleague: User) -> None:
    with pytest.raises(AssignmentGone):
        opinion_ask(assignment=case, reader=colleague)


def test_the_answer_opens_when_ones_own_is_given(case: Assignment, reader: User, colleague: User) -> None:
    opinion_ask(assignment=case, reader=reader)
    theirs = submit(assignment_claim(project=case.project, reader=colleague), colleague)
    assert replies(image=case.image, project=case.project, reader=reader) == []
    submit(case, reader)
    assert replies(image=case.image, project=case.project, reader=reader) == [theirs]


def test_only_roles_that_somebody_else_holds_are_offered(project: Project, reader: User, adjudicator: User) -> None:
    assert roles_besides(project=project, reader=reader) == [Role.ADJUDICATOR]
    assert roles_besides(project=project, reader=adjudicator) == [Role.READER]


def test_only_roles_above_ones_own_are_offered(
    project: Project, reader: User, colleague: User, adjudicator: User
) -> None:
    annotator = make_member(project, Role.ANNOTATOR)
    assert roles_above(project=project, reader=annotator) == [Role.READER, Role.ADJUDICATOR]
    assert roles_above(project=project, reader=reader) == [Role.ADJUDICATOR]
    assert roles_above(project=project, reader=adjudicator) == []
