"""What a batch holds beside what waits already, and when one is drawn."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from labeling.models import Assignment, Purpose
from labeling.services import assignment_claim, assignment_skip
from labeling.services.selection import queue_fill
from labeling.services.selection.context import fitting
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import in_reference, make_image, make_project, make_read

SHARES = {"exploit": 0.7, "audit": 0.1, "gold": 0.0, "repeat": 0.1, "relabel": 0.1}


@pytest.fixture
def crowded(db: None) -> Project:
    """Of one patient five images, of two others one each; one image of a patient may be queued."""
    project = make_project(patient_cap=1, auto_fill=False)
    name = next(name for name in map(str, range(99)) if not in_reference(name))
    for _ in range(5):
        make_image(project, patient=name)
    queue_fill(project=project, size=1)
    for _ in range(2):
        make_image(project)
    return project


def test_what_waits_counts_towards_the_patient_cap(crowded: Project) -> None:
    assert queue_fill(project=crowded, size=5).drawn == {"exploit": 2}
    assert queue_fill(project=crowded, size=5) is None


def test_no_reader_is_left_without_the_images_of_a_patient_in_hand(crowded: Project, reader: User) -> None:
    Assignment.objects.update(state="claimed", reader=reader, lease_until=crowded.created_at)
    assert queue_fill(project=crowded, size=5).drawn == {"exploit": 3}


def test_a_batch_of_one_stands_anywhere(db: None) -> None:
    project = make_project(auto_fill=False, images=8)
    for seed in range(8):
        queue_fill(project=project, size=1, seed=seed)
    ranks = sorted(Assignment.objects.values_list("rank", flat=True))
    assert 0 < ranks[0] < 0.5 < ranks[-1] < 1 and len(set(ranks)) == 8


@pytest.mark.parametrize(("unread", "size"), [(0, 0), (1, 1), (40, 50), (400, 330)])
def test_the_other_arms_keep_their_shares_of_what_is_left_to_read(unread: int, size: int) -> None:
    assert fitting(SHARES, 330, unread) == size


def test_arms_that_are_all_of_a_batch_need_no_unread_image() -> None:
    assert fitting({"exploit": 0.0, "audit": 0.0, "gold": 0.7, "repeat": 0.3, "relabel": 0.0}, 330, 0) == 330


def test_an_exhausted_pool_breeds_no_repeats(project: Project, reader: User) -> None:
    for _ in range(10):
        make_image(project)
    queue_fill(project=project, size=10)
    Assignment.objects.update(purpose=Purpose.AUDIT, blind=True)
    for _ in range(10):
        make_read(project, reader)
    project.washout_days, project.repeat_share = 0, 0.1
    assert [queue_fill(project=project, size=330, seed=seed) for seed in range(5)] == [None] * 5


@pytest.fixture
def importing(project: Project, settings: Settings) -> Project:
    """One case in the queue, three images more, and no more to come for all that anybody knows."""
    for _ in range(4):
        make_image(project)
        queue_fill(project=project)
    settings.SELECTION_QUIET_SECONDS = 3600
    return project


def waiting(project: Project) -> int:
    return Assignment.objects.filter(project=project, state="queued").count()


def test_while_images_arrive_a_queue_that_holds_cases_is_not_filled(importing: Project) -> None:
    assert Job.objects.filter(kind="inference.predict", state="queued").count() == 4 and waiting(importing) == 1
    run_all()
    assert waiting(importing) == 1


def test_once_no_image_is_on_its_way_all_are_chosen_from(importing: Project, settings: Settings) -> None:
    settings.SELECTION_QUIET_SECONDS = 0
    run_all()
    assert waiting(importing) == 4


def test_an_empty_queue_is_filled_though_images_arrive(importing: Project, reader: User) -> None:
    assignment_claim(project=importing, reader=reader)
    assert queue_fill(project=importing).size == importing.batch_size and waiting(importing) == 3


def test_a_case_that_was_skipped_keeps_no_others_from_the_queue(importing: Project, reader: User) -> None:
    case = assignment_claim(project=importing, reader=reader)
    assignment_skip(assignment=case, reader=reader, reason="Blurred")
    assert queue_fill(project=importing) and waiting(importing) == 4


def test_where_there_is_something_to_choose_images_may_arrive(importing: Project) -> None:
    importing.batch_size = 2
    assert queue_fill(project=importing).assignments.count() == 2
