"""What an adjudicator sees of the readers between whom they decide."""

import hashlib
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from frontend.pages.read.case import case_data
from frontend.pages.read.opened import case_open
from frontend.pages.read.panel import panel_context
from labeling.models import AnswersSeen, Assignment, Purpose, Read, ReferenceLabel
from labeling.queries.disputed import disputed_reads
from labeling.services import (
    RegionDrawn,
    answers_seen_record,
    assignment_claim,
    assignment_open_single,
    assignment_release,
    read_amend,
    read_submit,
)
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from tests.factories import answers, make_image, make_member

BOX = RegionDrawn("nodule", "box", ((1, 2), (10, 20)))


@pytest.fixture
def adjudicator(project: Project) -> User:
    return make_member(project, Role.ADJUDICATOR)


@pytest.fixture
def case(project: Project, reader: User, colleague: User, adjudicator: User) -> Assignment:
    """Two readers differ, one with a box and a comment; their case is the adjudicator's."""
    User.objects.filter(pk=reader.pk).update(name="Ama Osei")
    User.objects.filter(pk=colleague.pk).update(name="Petra Varga")
    make_image(project, reference=True)
    queue_fill(project=project)
    for who, said in (
        (reader, answers(project, "absent")),
        (colleague, answers(project, "present", regions=(BOX,), comment="Behind the heart.")),
    ):
        case = assignment_claim(project=project, reader=who)
        read_submit(assignment=case, reader=who, answers=said, key=uuid4())
        run_all()
    return assignment_claim(project=project, reader=adjudicator)


def test_each_reader_is_a_letter_with_what_they_said(case: Assignment) -> None:
    disputed = disputed_reads(case)
    assert [read.letter for read in disputed] == ["A", "B"]
    one, other = sorted(disputed, key=lambda read: read.answers["nodule"])
    assert (one.answers["nodule"], other.answers["nodule"]) == ("absent", "present")
    assert (one.regions, one.comment) == ([], "")
    assert [region.points for region in other.regions] == [[[1, 2], [10, 20]]] and other.comment == "Behind the heart."


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
def test_the_letters_follow_a_digest_and_not_who_read_first(
    case: Assignment, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    comments = {read.pk.bytes: read.comment for read in Read.objects.order_by(order)}
    place = {key: bytes([number]) for number, key in enumerate(comments)}
    monkeypatch.setattr(hashlib, "sha256", lambda key: SimpleNamespace(digest=lambda: place[key]))
    assert [read.comment for read in disputed_reads(case)] == list(comments.values())


def test_who_looked_and_then_agreed_is_shown_with_what_they_had_said(case: Assignment, reader: User) -> None:
    own = Read.objects.get(reader=reader)
    answers_seen_record(user=reader, images=[own.image_id])
    again = read_amend(read=own, reader=reader, reason="On reflection")
    read_submit(assignment=again, reader=reader, answers=answers(case.project, "present"), key=uuid4())
    run_all()
    assert {read.answers["nodule"] for read in disputed_reads(case)} == {"absent", "present"}


def test_no_other_case_shows_them(case: Assignment, project: Project) -> None:
    for purpose in set(Purpose) - {Purpose.ADJUDICATE}:
        case.purpose = purpose
        assert disputed_reads(case) == []


def test_the_panel_names_the_findings_in_which_they_differ(case: Assignment, adjudicator: User) -> None:
    panel = panel_context(case_open(case, adjudicator, None))
    assert panel["adjudicates"]
    assert {finding["slug"]: finding["differ"] for finding in panel["findings"]} == {"effusion": True, "nodule": True}
    assert [comment for _letter, comment in panel["others_comments"]] == ["Behind the heart."]


def test_what_they_drew_goes_to_the_page_and_is_not_the_adjudicators(case: Assignment, adjudicator: User) -> None:
    data = case_data(case_open(case, adjudicator, None))
    assert [(each["finding"], each["kind"], each["points"]) for each in data["others"]] == [
        ("nodule", "box", [[1, 2], [10, 20]])
    ]
    assert data["marks"] == []


def test_the_page_names_no_reader(
    client: Client, case: Assignment, adjudicator: User, reader: User, colleague: User
) -> None:
    for who in (reader, colleague):
        who.refresh_from_db()
    client.force_login(adjudicator)
    page = client.get(reverse("read", args=[case.project.slug, case.pk])).content.decode()
    assert "Adjudication" in page and "Reader A" in page and "Behind the heart." in page and "they differ" in page
    assert not [each for who in (reader, colleague) for each in (who.email, who.name) if each in page]


def test_a_reader_of_the_case_sees_nothing_of_another(client: Client, project: Project, case: Assignment) -> None:
    third = make_member(project, Role.READER)
    Assignment.objects.create(
        project=project, image=case.image, purpose=Purpose.REFERENCE, slot=5, blind=True, rank=0.0
    )
    own = assignment_claim(project=project, reader=third)
    client.force_login(third)
    page = client.get(reverse("read", args=[project.slug, own.pk])).content.decode()
    assert "Reader A" not in page and "Behind the heart." not in page and '"others": []' in page


def test_the_decision_is_the_label(case: Assignment, adjudicator: User) -> None:
    case_open(case, adjudicator, None)
    read_submit(assignment=case, reader=adjudicator, answers=answers(case.project, "present"), key=uuid4())
    run_all()
    labels = ReferenceLabel.objects.values_list("exposure", "method", "value", "independent")
    assert set(labels) == {("none", "adjudication", 1.0, True)}


def test_that_they_were_seen_is_on_record(case: Assignment, adjudicator: User) -> None:
    assert not AnswersSeen.objects.exists()
    case_open(case, adjudicator, None)
    assert AnswersSeen.objects.filter(user=adjudicator, image=case.image).exists()


def test_what_its_adjudicator_says_of_the_image_in_another_case_is_not_independent(
    project: Project, case: Assignment, adjudicator: User
) -> None:
    case_open(case, adjudicator, None)
    assignment_release(assignment=case, reader=adjudicator)
    assignment_claim(project=project, reader=make_member(project, Role.ADJUDICATOR))
    alone = assignment_open_single(project=project, image=case.image, reader=adjudicator)
    read_submit(assignment=alone, reader=adjudicator, answers=answers(project, "present"), key=uuid4())
    run_all()
    assert alone.purpose == Purpose.SINGLE
    assert set(ReferenceLabel.objects.filter(exposure="none").values_list("readers", "disputed")) == {(2, True)}
