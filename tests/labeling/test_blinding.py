"""Reading blind first, asked for in the middle of a project."""

from typing import Any
from uuid import uuid4

import pytest

from inference.models import Exposure
from inference.queries import champion_of
from inference.services import exposure_record, prediction_ensure
from labeling.models import Assignment, Priority, Read
from labeling.services import assignment_claim, assignment_open_single, read_amend, read_submit
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project
from overread.projects.services import findings_mark_urgent, project_change
from tests.factories import answers, make_champion, make_image

ALWAYS = {"blind_first": BlindFirst.ALWAYS}


@pytest.fixture
def queue(project: Project) -> Project:
    """Three cases wait to be read with the model in view."""
    for _ in range(3):
        make_image(project)
    make_champion(project, thresholds=(0.0, 1.0))
    assert set(Assignment.objects.values_list("blind", flat=True)) == {False}
    return project


def change(project: Project, actor: User, **policies: Any) -> None:
    project_change(project=project, actor=actor, **policies)
    run_all()


def show(case: Assignment, reader: User) -> None:
    exposure_record(prediction=prediction_ensure(pipeline=champion_of(case.project), image=case.image), user=reader)


def test_what_waits_is_read_blind_from_now_on(queue: Project, administrator: User) -> None:
    change(queue, administrator, **ALWAYS)
    assert set(Assignment.objects.values_list("blind", flat=True)) == {True}


def test_a_larger_share_makes_more_blind(queue: Project, administrator: User) -> None:
    change(queue, administrator, blind_first=BlindFirst.SHARE, blind_share=0.0)
    assert not Assignment.objects.filter(blind=True).exists()
    change(queue, administrator, blind_share=1.0)
    assert not Assignment.objects.filter(blind=False).exists()


def test_turning_it_off_leaves_them_blind(queue: Project, administrator: User) -> None:
    change(queue, administrator, **ALWAYS)
    change(queue, administrator, blind_first=BlindFirst.OFF)
    assert not Assignment.objects.filter(blind=False).exists()


@pytest.mark.parametrize("shown", [False, True])
def test_a_held_case_turns_blind_unless_its_model_was_shown(
    queue: Project, administrator: User, reader: User, shown: bool
) -> None:
    case = assignment_claim(project=queue, reader=reader)
    if shown:
        show(case, reader)
    change(queue, administrator, **ALWAYS)
    assert Assignment.objects.get(pk=case.pk).blind != shown


def test_a_read_that_is_being_amended_stays_open(queue: Project, administrator: User, reader: User) -> None:
    case = assignment_claim(project=queue, reader=reader)
    read = read_submit(assignment=case, reader=reader, answers=answers(queue), key=uuid4())
    again = read_amend(read=read, reader=reader, reason="Mistyped")
    change(queue, administrator, **ALWAYS)
    second = read_submit(assignment=again, reader=reader, answers=answers(queue, "present"), key=uuid4())
    assert (second.phase, second.supersedes) == (Read.Phase.OPEN, read)


def test_a_suspicion_no_longer_moves_them(queue: Project, administrator: User) -> None:
    findings_mark_urgent(project=queue, actor=administrator, slugs=["effusion"])
    run_all()
    assert set(Assignment.objects.values_list("priority", flat=True)) == {Priority.SUSPECTED}
    change(queue, administrator, **ALWAYS)
    assert set(Assignment.objects.values_list("priority", "suspected")) == {(Priority.ORDINARY, "")}


@pytest.mark.parametrize("single", [False, True])
def test_a_case_taken_before_the_job_has_run_is_blind(
    queue: Project, administrator: User, reader: User, single: bool
) -> None:
    project_change(project=queue, actor=administrator, **ALWAYS)
    image = Assignment.objects.latest("rank").image
    taken = (
        assignment_open_single(project=queue, image=image, reader=reader)
        if single
        else assignment_claim(project=queue, reader=reader)
    )
    assert taken.blind and Assignment.objects.get(pk=taken.pk).blind and not Exposure.objects.exists()


def test_who_has_seen_the_model_takes_it_open(queue: Project, administrator: User, reader: User) -> None:
    case = Assignment.objects.latest("rank")
    show(case, reader)
    project_change(project=queue, actor=administrator, **ALWAYS)
    assert not assignment_open_single(project=queue, image=case.image, reader=reader).blind
