"""A label is independent only if no answer in it was given in the knowledge of another."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from labeling.models import AnswersSeen, Read, ReferenceLabel
from labeling.services import answers_seen_record, assignment_open_single, read_amend, read_submit
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import answers, make_image, make_read

Told = tuple[float | None, float | None, bool, bool]


@pytest.fixture
def reads(project: Project, reader: User, colleague: User) -> tuple[Read, Read]:
    """Two readers differ on a case of the reference set, read blind: absent, present."""
    make_image(project, reference=True)
    queue_fill(project=project)
    return make_read(project, reader, "absent"), make_read(project, colleague, "present")


def amend(read: Read, value: str) -> Read:
    case = read_amend(read=read, reader=read.reader, reason="On reflection")
    second = read_submit(assignment=case, reader=read.reader, answers=answers(read.project, value), key=uuid4())
    run_all()
    return second


def held() -> dict[str, Told]:
    """Exposure → value, agreement, disputed and independent of what is held of the nodule."""
    labels = ReferenceLabel.objects.filter(finding__slug="nodule")
    return {each.exposure: (each.value, each.agreement, each.disputed, each.independent) for each in labels}


def test_an_answer_amended_unseen_counts_as_ones_own(reads: tuple[Read, Read]) -> None:
    amend(reads[0], "present")
    assert held() == {"none": (1.0, 1.0, False, True)}


def test_who_has_seen_the_others_keeps_their_earlier_answer(reads: tuple[Read, Read], reader: User) -> None:
    before = held()
    answers_seen_record(user=reader, images=[reads[0].image_id])
    amend(amend(reads[0], "uncertain"), "present")
    assert held() == before | {"shown": (1.0, 1.0, False, False)} and before["none"][2:] == (True, False)


def test_of_several_earlier_answers_the_last_counts(reads: tuple[Read, Read], reader: User) -> None:
    second = amend(reads[0], "present")
    answers_seen_record(user=reader, images=[second.image_id])
    amend(second, "absent")
    assert held()["none"] == (1.0, 1.0, False, True) and held()["shown"][2:] == (True, False)


def test_looking_alone_changes_nothing(reads: tuple[Read, Read], reader: User, colleague: User) -> None:
    amend(reads[0], "present")
    for who in (reader, colleague):
        answers_seen_record(user=who, images=[reads[0].image_id])
    amend(reads[1], "present")
    assert held()["none"] == (1.0, 1.0, False, True)


def test_who_answers_only_after_looking_is_not_independent(project: Project, reader: User) -> None:
    image = make_image(project)
    answers_seen_record(user=reader, images=[image.pk])
    case = assignment_open_single(project=project, image=image, reader=reader)
    read_submit(assignment=case, reader=reader, answers=answers(project, "present"), key=uuid4())
    run_all()
    assert held() == {"shown": (1.0, 1.0, False, False)}


def test_the_first_look_stands_and_is_never_changed(project: Project, reader: User) -> None:
    image = make_image(project)
    for _ in range(2):
        answers_seen_record(user=reader, images=[image.pk, image.pk])
    first = AnswersSeen.objects.get()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        AnswersSeen.objects.filter(pk=first.pk).update(user=first.user)
