"""A batch drawn by several jobs is the one that a single job draws."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from labeling.models import Assignment, Draw, Selection
from labeling.selection.sharded import DIVISIBLE
from labeling.services.selection import selection_replays
from overread.archive.models import Image
from overread.jobs.models import Job, State
from overread.jobs.running import run_all, work
from overread.jobs.services import job_cancel, job_claim, job_enqueue_once
from overread.projects.models import Finding, Project
from tests.factories import AGE, EFFUSION, GRADE, in_reference, label, make_champion, make_image, make_project

IMAGES, LABELLED, SIZE = 30, 12, 6


@pytest.fixture(autouse=True)
def small_parts(settings: Settings) -> None:
    settings.SELECTION_SHARD_ROWS = 7


@pytest.fixture
def project(db: None) -> Project:
    """Twelve labelled images and eighteen others, two a patient; a fifth of a batch is an audit, another asks for grades."""
    project = make_project(
        findings=(EFFUSION, GRADE, AGE), audit_share=0.2, batch_size=SIZE, patient_cap=1, auto_fill=False
    )
    Finding.objects.filter(project=project, slug=GRADE["slug"]).update(quota=0.2)
    trained = [name for name in map(str, range(IMAGES)) if not in_reference(name)]
    images = [make_image(project, patient=trained[number // 2]) for number in range(IMAGES)]
    for seed, image in enumerate(images[:LABELLED]):
        label(project, image, seed)
    make_champion(project)
    Project.objects.filter(pk=project.pk).update(auto_fill=True)
    project.refresh_from_db()
    return project


def ask(project: Project) -> None:
    job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)


def jobs(kind: str) -> int:
    return Job.objects.filter(kind=f"labeling.{kind}", state=State.DONE).count()


@pytest.mark.parametrize("strategy", DIVISIBLE)
def test_the_batch_is_the_one_that_a_single_job_draws(project: Project, strategy: str) -> None:
    Project.objects.filter(pk=project.pk).update(strategy=strategy)
    ask(project)
    run_all()
    selection = Selection.objects.get(project=project)
    assert jobs("select_shard") == 3 and jobs("select_merge") == 1
    assert selection.candidates == IMAGES - LABELLED and selection.assignments.count() == SIZE
    assert {case.strategy for case in selection.assignments.all()} <= {strategy, "random", "quota"}
    assert selection_replays(selection=selection, size=SIZE)
    assert not Draw.objects.exists()


def test_a_strategy_that_compares_all_images_is_drawn_by_one_job(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(strategy="k_center")
    ask(project)
    run_all()
    assert jobs("select_shard") == 0 and Selection.objects.get(project=project).strategy == "k_center"


def test_few_enough_images_are_drawn_by_one_job(project: Project, settings: Settings) -> None:
    settings.SELECTION_SHARD_ROWS = IMAGES - LABELLED
    ask(project)
    run_all()
    assert jobs("select_shard") == 0 and Selection.objects.filter(project=project).exists()


def test_before_the_first_model_parts_draw_at_random(db: None) -> None:
    project = make_project(auto_fill=False, batch_size=SIZE)
    for _ in range(20):
        make_image(project)
    run_all()
    Project.objects.filter(pk=project.pk).update(auto_fill=True)
    ask(project)
    run_all()
    selection = Selection.objects.get(project=project)
    assert jobs("select_shard") == 3 and selection.candidates == 20
    assert {case.strategy for case in selection.assignments.all()} == {"random"}


def test_one_draw_goes_on_at_a_time(project: Project) -> None:
    for _ in range(2):
        ask(project)
        work(next_job("labeling.fill"))
    assert Draw.objects.count() == 1 and Job.objects.filter(kind="labeling.select_shard").count() == 3
    run_all()
    assert Selection.objects.filter(project=project).count() == 1


def next_job(kind: str) -> Job:
    """The oldest waiting job of that kind, taken."""
    waiting = Job.objects.filter(kind=kind, state=State.QUEUED).earliest("created_at")
    job = job_claim(pk=waiting.pk, worker="test")
    assert job is not None
    return job


def test_a_draw_of_which_a_part_fails_is_given_up_and_begun_anew(project: Project) -> None:
    ask(project)
    work(next_job("labeling.fill"))
    work(next_job("labeling.select_shard"))
    job_cancel(job=Job.objects.filter(kind="labeling.select_shard", state=State.QUEUED)[0], actor=None)
    assert not Draw.objects.exists()
    left = Job.objects.get(kind="labeling.select_shard", state=State.QUEUED)
    ask(project)
    work(next_job("labeling.fill"))
    job_cancel(job=left, actor=None)  # of the draw before: this one goes on
    assert Draw.objects.count() == 1
    run_all()
    assert Selection.objects.get(project=project).assignments.count() == SIZE


def test_a_draw_by_a_strategy_that_was_changed_meanwhile_queues_nothing(project: Project) -> None:
    ask(project)
    work(next_job("labeling.fill"))
    Project.objects.filter(pk=project.pk).update(strategy="margin")
    run_all()
    assert not Draw.objects.exists() and not Selection.objects.exists()


def test_an_image_that_was_taken_meanwhile_is_left_out(project: Project) -> None:
    ask(project)
    work(next_job("labeling.fill"))
    for image in Image.objects.exclude(labels__project=project)[:8]:
        Assignment.objects.create(project=project, image=image, purpose="exploit", blind=False, rank=0)
    run_all()
    selection = Selection.objects.filter(project=project).first()
    held = selection.assignments.count() if selection else 0
    assert Assignment.objects.filter(project=project).count() == 8 + held
    assert not Draw.objects.exists()
