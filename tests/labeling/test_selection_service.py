"""How the queue is filled, and ordered anew after new answers."""

from uuid import UUID, uuid4

import numpy as np
import pytest

from inference.memmap_cache import ids_of
from inference.queries import champion_of, scores_of
from inference.services import prediction_ensure
from labeling.models import Assignment, Purpose, Selection
from labeling.selection.constraints import Minutes
from labeling.selection.uncertainty import margins
from labeling.services import assignment_claim, read_submit
from labeling.services.selection import queue_fill, queue_reorder
from labeling.services.selection.context import minutes_by_row
from labeling.services.selection.pool import pool_build
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import Finding, Project
from tests.factories import answers, make_champion, make_image, make_read


@pytest.fixture
def filled(project: Project) -> Project:
    """Twelve trainable images, half of each batch an audit, a model in use, the queue full."""
    project.strategy, project.audit_share, project.batch_size = "margin", 0.5, 12
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
    for _ in range(18):  # the six audits are read blind first, and once more
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
    project.strategy, project.audit_share = "modAL.multilabel:avg_confidence", 0.0
    project.save()
    for _ in range(4):
        make_image(project)
    make_champion(project)
    assert Selection.objects.get(project=project).strategy == "modAL.multilabel:avg_confidence"
    assert Assignment.objects.filter(project=project, purpose=Purpose.EXPLOIT).count() == 4


def test_a_queue_that_is_not_to_fill_itself_stays_empty(project: Project) -> None:
    project.auto_fill = False
    project.save()
    make_image(project)
    assert queue_fill(project=project) is None


def test_a_batch_says_how_long_it_should_take_to_read(project: Project, reader: User) -> None:
    for _ in range(10):
        make_image(project)
    make_champion(project)
    for _ in range(10):
        case = assignment_claim(project=project, reader=reader)
        for _again in range(2):  # the second supersedes the first; both took their time
            said = answers(project, active_ms=90_000)
            read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    for _ in range(2):
        make_image(project)
    batch = queue_fill(project=project, size=2)
    assert batch.typical_minutes == pytest.approx(3.0)
    assert batch.minutes == pytest.approx(6.0)


def test_reading_time_orders_nothing_unless_the_project_says_so(filled: Project) -> None:
    assert filled.by_minutes is False


def test_a_finding_with_a_quota_has_its_share_of_the_picks(filled: Project) -> None:
    Finding.objects.filter(project=filled, slug="nodule").update(quota=0.5)
    Assignment.objects.update(state=Assignment.State.WITHDRAWN, purpose=Purpose.SINGLE)
    filled.audit_share = 0.0
    batch = queue_fill(project=filled, size=6)
    images = ids_of(batch.assignments.values_list("image", flat=True))
    view = pool_build(filled, filled.champion.pipeline, images)
    least = np.argmin(np.stack(list(margins(view))), axis=0)
    nodule = [output.finding for output in view.layout].index("nodule")
    brought = batch.assignments.filter(strategy="quota")
    assert (least == nodule).sum() + brought.count() >= 3
    assert all(case.reason.startswith("So that nodule is seen often enough: ") for case in brought)


def champion_finding_half(project: Project) -> dict[UUID, bool]:
    """A model in use whose first threshold half of the images reach, and no image the others; image → whether it does."""
    probabilities = scores_of(make_champion(project)).values
    thresholds = (float(np.median(probabilities[:, 0])), *[1.0] * (probabilities.shape[1] - 1))
    table = scores_of(make_champion(project, thresholds=thresholds))
    return dict(zip(table.images, (table.values[:, 0] >= thresholds[0]).tolist(), strict=True))


def test_expected_minutes_go_by_what_the_model_finds(filled: Project) -> None:
    up = champion_finding_half(filled)
    expected = Minutes(1.0, {(False, True): 4.0, (False, False): 1.0})
    minutes = minutes_by_row(filled, champion_of(filled), ids_of(list(up)), expected)
    assert minutes.tolist() == [4.0 if found else 1.0 for found in up.values()] and set(minutes) == {1.0, 4.0}


def test_where_reading_time_counts_quicker_cases_are_drawn(project: Project, reader: User) -> None:
    """Cases in which the model finds something took twenty times as long, and half of all are such."""
    for _ in range(40):
        make_image(project)
    up = champion_finding_half(project)
    for _ in range(14):
        case = assignment_claim(project=project, reader=reader)
        said = answers(project, active_ms=600_000 if up[case.image_id] else 30_000)
        read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    Project.objects.filter(pk=project.pk).update(strategy="random", audit_share=0.0)
    long = {}
    for by_minutes in (False, True):
        Assignment.objects.exclude(state="done").update(state=Assignment.State.WITHDRAWN, purpose=Purpose.SINGLE)
        Project.objects.filter(pk=project.pk).update(by_minutes=by_minutes)
        batch = queue_fill(project=Project.objects.get(pk=project.pk), size=8, seed=4)
        long[by_minutes] = sum(up[image] for image in batch.assignments.values_list("image", flat=True))
        batch.assignments.all().delete()
    assert long[True] < long[False]
