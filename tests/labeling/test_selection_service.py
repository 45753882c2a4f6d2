"""How the queue is filled, and ordered anew after new answers."""

import pytest

from inference.services import prediction_ensure
from labeling.models import Assignment, Purpose, Selection
from labeling.services.selection import queue_fill, queue_reorder
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_champion, make_image, make_read


@pytest.fixture
def filled(project: Project) -> Project:
    """Twelve trainable images, half of each batch an audit, a model in use, the queue full."""
    project.audit_share, project.batch_size = 0.5, 12
    project.save()
    for _ in range(12):
        make_image(project)
    make_champion(project)
    return project


def test_a_batch_holds_both_arms_with_what_they_were_drawn_by(filled: Project) -> None:
    cases = Assignment.objects.filter(project=filled)
    audits, exploits = cases.filter(purpose=Purpose.AUDIT), cases.filter(purpose=Purpose.EXPLOIT)
    assert audits.count() == 6 and exploits.count() == 6
    assert all(case.blind and 0 < case.probability <= 1 and case.reason == "Control case" for case in audits)
    assert all(case.strategy == "margin" and case.probability is None and "Model" in case.reason for case in exploits)


def test_a_reason_quotes_the_champion_and_never_the_scout(filled: Project, reader: User) -> None:
    for _ in range(12):
        make_read(filled, reader, "present")
    for _ in range(6):
        make_image(filled)
    run_all()
    for case in Assignment.objects.filter(project=filled, state="queued", purpose=Purpose.EXPLOIT):
        said = prediction_ensure(pipeline=filled.champion.pipeline, image=case.image).outputs
        quoted = {f"{output['probability']:.2f}" for output in said.values()}
        assert any(number in case.reason for number in quoted), (case.reason, quoted)


def test_the_same_seed_draws_the_same_batch(project: Project) -> None:
    project.auto_fill = False
    project.save()
    for _ in range(8):
        make_image(project)
    first = queue_fill(project=project, size=4, seed=5)
    chosen = set(first.assignments.values_list("image", flat=True))
    Assignment.objects.update(state=Assignment.State.WITHDRAWN, purpose=Purpose.SINGLE)
    again = queue_fill(project=project, size=4, seed=5)
    assert set(again.assignments.values_list("image", flat=True)) == chosen


def test_reference_images_are_never_drawn_for_training(project: Project) -> None:
    make_image(project, reference=True)
    make_image(project)
    queue_fill(project=project)
    drawn = Assignment.objects.filter(project=project, purpose__in=[Purpose.EXPLOIT, Purpose.AUDIT])
    assert not drawn.filter(image__study__patient__reference=True).exists()


def test_new_answers_move_the_waiting_cases_but_not_the_audits(filled: Project, reader: User) -> None:
    before = dict(Assignment.objects.filter(purpose=Purpose.AUDIT).values_list("pk", "rank"))
    make_champion(filled, seed=3)
    assert queue_reorder(project=filled) > 0
    assert dict(Assignment.objects.filter(purpose=Purpose.AUDIT).values_list("pk", "rank")) == before


def test_a_query_function_of_modal_can_be_the_strategy(project: Project) -> None:
    project.strategy, project.audit_share = "modAL.uncertainty:margin_sampling", 0.0
    project.save()
    for _ in range(4):
        make_image(project)
    make_champion(project)
    assert Selection.objects.get(project=project).strategy == "modAL.uncertainty:margin_sampling"
    assert Assignment.objects.filter(project=project, purpose=Purpose.EXPLOIT).count() == 4


def test_a_queue_that_is_not_to_fill_itself_stays_empty(project: Project) -> None:
    project.auto_fill = False
    project.save()
    make_image(project)
    assert queue_fill(project=project) is None
