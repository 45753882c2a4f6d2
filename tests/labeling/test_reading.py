"""What becomes of an answer."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from inference.models import Exposure
from inference.queries import champion_of
from inference.services import exposure_record, prediction_ensure
from labeling.models import Answer, Assignment, Read, ReferenceLabel
from labeling.services import (
    Answers,
    AssignmentGone,
    MeasurementDrawn,
    RegionDrawn,
    assignment_claim,
    assignment_open_single,
    read_submit,
    read_undo,
)
from labeling.services.selection import queue_fill
from labeling.values import AnswerInvalid, AnswerMissing
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Finding, Project
from overread.projects.services import finding_add
from tests.factories import answers, make_champion, make_image, make_project, make_read


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    """An open case in the reader's hands; there is no model yet."""
    return assignment_open_single(project=project, image=make_image(project), reader=reader)


def show(assignment: Assignment, reader: User) -> None:
    prediction = prediction_ensure(pipeline=champion_of(assignment.project), image=assignment.image)
    exposure_record(prediction=prediction, user=reader)


def test_a_read_is_stored_with_its_event_and_its_job(case: Assignment, reader: User) -> None:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    assert {answer.value for answer in read.answers.all()} == {"absent"}
    assert Event.objects.filter(verb="read.submit", target_id=read.pk).exists()
    assert Job.objects.filter(key=f"labels:{read.pk}").exists()
    assert Assignment.objects.get(pk=case.pk).state == Assignment.State.DONE


def test_the_same_key_makes_one_read(case: Assignment, reader: User) -> None:
    key = uuid4()
    first = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=key)
    assert read_submit(assignment=case, reader=reader, answers=answers(case.project, "present"), key=key) == first
    assert Read.objects.count() == 1


def test_a_key_of_another_case_is_refused(case: Assignment, reader: User) -> None:
    key = uuid4()
    read_submit(assignment=case, reader=reader, answers=answers(case.project), key=key)
    other = assignment_open_single(project=case.project, image=make_image(case.project), reader=reader)
    with pytest.raises(AnswerInvalid, match="another case"):
        read_submit(assignment=other, reader=reader, answers=answers(case.project), key=key)


def test_a_missing_answer_is_named(case: Assignment, reader: User) -> None:
    with pytest.raises(AnswerMissing) as missing:
        read_submit(assignment=case, reader=reader, answers=Answers(values={"effusion": "absent"}), key=uuid4())
    assert missing.value.errors == {"nodule": "Nodule is not answered."}


@pytest.mark.parametrize("value", ["maybe", "", "PRESENT", "1"])
def test_a_wrong_answer_is_refused(case: Assignment, reader: User, value: str) -> None:
    with pytest.raises(AnswerInvalid):
        read_submit(assignment=case, reader=reader, answers=answers(case.project, value), key=uuid4())


def test_categorical_and_measured_answers(reader: User, project: Project) -> None:
    findings = (
        {"slug": "grade", "name": "Grade", "kind": Finding.Kind.CATEGORICAL, "options": ["I", "II"]},
        {
            "slug": "age",
            "name": "Bone age",
            "kind": Finding.Kind.MEASUREMENT,
            "unit": "months",
            "minimum": 0,
            "maximum": 240,
        },
    )
    hands = make_project(findings=findings)
    case = assignment_open_single(project=hands, image=make_image(hands), reader=reader)
    with pytest.raises(AnswerInvalid, match="outside"):
        read_submit(assignment=case, reader=reader, answers=Answers({"grade": "I", "age": "999"}), key=uuid4())
    read = read_submit(assignment=case, reader=reader, answers=Answers({"grade": "II", "age": "104.5"}), key=uuid4())
    assert set(read.answers.values_list("value", flat=True)) == {"II", "104.5"}


@pytest.mark.parametrize("points", [((0, 0), (1000, 10)), ((0, 0),), ((0, float("nan")), (1, 1))])
def test_a_region_off_the_image_is_refused(case: Assignment, reader: User, points: tuple) -> None:
    box = RegionDrawn("nodule", "box", points)
    with pytest.raises(AnswerInvalid):
        read_submit(assignment=case, reader=reader, answers=answers(case.project, regions=(box,)), key=uuid4())


BOX = RegionDrawn("nodule", "box", ((1, 2), (10, 20)))


@pytest.mark.parametrize("value", ["present", "uncertain"])
def test_a_region_is_kept_with_its_finding(case: Assignment, reader: User, value: str) -> None:
    said = answers(case.project, value, regions=(BOX,))
    read = read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    assert read.regions.get().points == [[1, 2], [10, 20]]


@pytest.mark.parametrize(("value", "words"), [("absent", "is absent"), ("not_assessable", "is not assessable")])
def test_an_answer_that_its_region_contradicts_is_refused(
    case: Assignment, reader: User, value: str, words: str
) -> None:
    with pytest.raises(AnswerInvalid, match=f"{words}. Answer uncertain or present, or delete the region") as refused:
        read_submit(assignment=case, reader=reader, answers=answers(case.project, value, regions=(BOX,)), key=uuid4())
    assert set(refused.value.errors) == {"nodule"} and not Read.objects.exists()


def test_an_option_may_have_a_region_but_not_assessable_has_none(reader: User) -> None:
    grade = {"slug": "nodule", "name": "Grade", "kind": Finding.Kind.CATEGORICAL, "options": ["absent", "II"]}
    project = make_project(findings=(grade,))
    case = assignment_open_single(project=project, image=make_image(project), reader=reader)
    with pytest.raises(AnswerInvalid, match="Answer the finding, or delete the region"):
        said = answers(project, "not_assessable", regions=(BOX,))
        read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    said = answers(project, "absent", regions=(BOX,))  # an option of this name rules nothing out
    assert read_submit(assignment=case, reader=reader, answers=said, key=uuid4()).regions.exists()


def test_who_was_never_given_the_case_cannot_answer_it(case: Assignment, colleague: User) -> None:
    with pytest.raises(AssignmentGone):
        read_submit(assignment=case, reader=colleague, answers=answers(case.project), key=uuid4())


def test_undo_reopens_and_the_new_answer_supersedes(case: Assignment, reader: User) -> None:
    first = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    reopened = read_undo(read=first, reader=reader)
    assert reopened.state == Assignment.State.CLAIMED
    second = read_submit(assignment=reopened, reader=reader, answers=answers(case.project, "present"), key=uuid4())
    assert second.supersedes == first


def test_undo_holds_for_thirty_seconds(case: Assignment, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    read.refresh_from_db()
    late = read.created_at + timedelta(seconds=31)
    monkeypatch.setattr("labeling.services.reopening.timezone.now", lambda: late)
    with pytest.raises(AssignmentGone, match="30 seconds"):
        read_undo(read=read, reader=reader)


def test_reads_never_change(case: Assignment, reader: User) -> None:
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Read.objects.filter(pk=read.pk).update(comment="better so")
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Answer.objects.filter(read=read).update(value="present")


def test_open_answers_remember_that_the_model_was_in_view(case: Assignment, reader: User) -> None:
    make_champion(case.project)
    show(case, reader)
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    assert read.phase == Read.Phase.OPEN and read.prediction is not None
    assert {answer.exposure for answer in read.answers.all()} == {"shown"}


@pytest.fixture
def blind_case(project: Project, reader: User) -> Assignment:
    """A case read blind first, of a project that has a model."""
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    image = make_image(project)
    make_champion(project)
    return assignment_open_single(project=project, image=image, reader=reader)


def test_a_blind_read_is_unexposed_and_then_reveals(blind_case: Assignment, reader: User) -> None:
    read = read_submit(assignment=blind_case, reader=reader, answers=answers(blind_case.project), key=uuid4())
    assert read.phase == Read.Phase.BLIND and read.prediction is None
    assert {answer.exposure for answer in read.answers.all()} == {"none"}
    assert Assignment.objects.get(pk=blind_case.pk).state == Assignment.State.REVEALED


def test_the_answer_after_the_reveal_stands_beside_the_blind_one(blind_case: Assignment, reader: User) -> None:
    first = read_submit(assignment=blind_case, reader=reader, answers=answers(blind_case.project), key=uuid4())
    show(blind_case, reader)
    second = read_submit(
        assignment=blind_case, reader=reader, answers=answers(blind_case.project, "present"), key=uuid4()
    )
    assert second.phase == Read.Phase.REVEALED and second.supersedes is None
    assert not Read.objects.filter(supersedes=first).exists()
    assert Assignment.objects.get(pk=blind_case.pk).state == Assignment.State.DONE


def test_undoing_after_the_reveal_stays_exposed(blind_case: Assignment, reader: User) -> None:
    first = read_submit(assignment=blind_case, reader=reader, answers=answers(blind_case.project), key=uuid4())
    show(blind_case, reader)
    reopened = read_undo(read=first, reader=reader)
    assert reopened.state == Assignment.State.REVEALED
    again = read_submit(assignment=reopened, reader=reader, answers=answers(blind_case.project), key=uuid4())
    assert again.phase == Read.Phase.REVEALED and first.pk != again.supersedes_id


def test_who_saw_the_prediction_is_given_no_blind_case_of_it(project: Project, reader: User) -> None:
    image = make_image(project, reference=True)
    pipeline = make_champion(project)
    exposure_record(prediction=prediction_ensure(pipeline=pipeline, image=image), user=reader)
    queue_fill(project=project)
    assert assignment_claim(project=project, reader=reader) is None
    assert Exposure.objects.filter(user=reader).count() == 1


def test_labels_follow_from_reads(project: Project, reader: User, colleague: User) -> None:
    make_image(project, reference=True)
    queue_fill(project=project)
    make_read(project, reader, "present")
    assert not ReferenceLabel.objects.filter(independent=True).exists()
    make_read(project, colleague, "present")
    label = ReferenceLabel.objects.get(finding__slug="nodule")
    assert (label.value, label.method, label.readers, label.independent) == (1.0, "majority", 2, True)


def test_exposed_and_unexposed_labels_stand_side_by_side(blind_case: Assignment, reader: User) -> None:
    from overread.jobs.running import run_all

    read_submit(assignment=blind_case, reader=reader, answers=answers(blind_case.project), key=uuid4())
    show(blind_case, reader)
    read_submit(assignment=blind_case, reader=reader, answers=answers(blind_case.project, "present"), key=uuid4())
    run_all()
    values = dict(ReferenceLabel.objects.filter(finding__slug="nodule").values_list("exposure", "value"))
    assert values == {"none": 0.0, "shown": 1.0}


@pytest.mark.parametrize("confidence", ["", "low", "high"])
def test_a_read_keeps_the_confidence_it_was_given(case: Assignment, reader: User, confidence: Any) -> None:
    said = answers(case.project, confidence=confidence)
    assert read_submit(assignment=case, reader=reader, answers=said, key=uuid4()).confidence == confidence


def test_another_confidence_is_refused(case: Assignment, reader: User) -> None:
    with pytest.raises(AnswerInvalid, match="low, medium or high"):
        said = answers(case.project, confidence="certain")
        read_submit(assignment=case, reader=reader, answers=said, key=uuid4())


def test_a_read_has_two_hundred_regions_at_most(case: Assignment, reader: User) -> None:
    with pytest.raises(AnswerInvalid, match="200 regions at most; this one has 201"):
        said = answers(case.project, "present", regions=(BOX,) * 201)
        read_submit(assignment=case, reader=reader, answers=said, key=uuid4())
    said = answers(case.project, "present", regions=(BOX,) * 200)
    assert read_submit(assignment=case, reader=reader, answers=said, key=uuid4()).regions.count() == 200


def add_finding(project: Project) -> Finding:
    return finding_add(project=project, slug="fracture", name="Fracture", order=9, added_at=timezone.now())


def test_a_case_given_before_a_finding_was_added_is_stored_without_it(case: Assignment, reader: User) -> None:
    before = answers(case.project)
    add_finding(case.project)
    read = read_submit(assignment=case, reader=reader, answers=before, key=uuid4())
    assert read.answers.count() == 2
    run_all()
    assert set(ReferenceLabel.objects.values_list("finding__slug", flat=True)) == {"effusion", "nodule"}


def test_a_case_given_before_may_answer_what_was_added_since(case: Assignment, reader: User) -> None:
    add_finding(case.project)
    read = read_submit(assignment=case, reader=reader, answers=answers(case.project), key=uuid4())
    assert read.answers.count() == 3


def test_a_case_given_afterwards_answers_the_added_finding_too(project: Project, reader: User) -> None:
    before = answers(project)
    add_finding(project)
    later = assignment_open_single(project=project, image=make_image(project), reader=reader)
    with pytest.raises(AnswerMissing) as missing:
        read_submit(assignment=later, reader=reader, answers=before, key=uuid4())
    assert missing.value.errors == {"fracture": "Fracture is not answered."}


def test_measurements_are_stored_with_their_read(project: Project, reader: User, case: Assignment) -> None:
    given = (
        MeasurementDrawn("length", ((1.0, 2.0), (11.0, 2.0)), result="3.4 mm at the detector"),
        MeasurementDrawn("probe", ((5.0, 5.0),)),
    )
    read = read_submit(assignment=case, reader=reader, answers=answers(project, measurements=given), key=uuid4())
    stored = [(each.kind, each.points, each.result) for each in read.measurements.all()]
    assert stored == [("length", [[1, 2], [11, 2]], "3.4 mm at the detector"), ("probe", [[5, 5]], "")]
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        read.measurements.update(result="longer")


@pytest.mark.parametrize(
    "wrong",
    [
        MeasurementDrawn("length", ((1.0, 2.0),)),
        MeasurementDrawn("angle", ((1.0, 2.0), (3.0, 4.0))),
        MeasurementDrawn("length", ((1.0, 2.0), (1000.0, 2.0))),
        MeasurementDrawn("length", ((1.0, 2.0), (float("nan"), 2.0))),
        MeasurementDrawn("probe", ((1.0, 2.0),), frame=1),
        MeasurementDrawn("probe", ((1.0, 2.0),), result="x" * 201),
        MeasurementDrawn("caliper", ((1.0, 2.0),)),  # type: ignore[arg-type]
    ],
)
def test_a_measurement_that_does_not_fit_is_refused(
    project: Project, reader: User, case: Assignment, wrong: MeasurementDrawn
) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        read_submit(assignment=case, reader=reader, answers=answers(project, measurements=(wrong,)), key=uuid4())
    assert set(refused.value.errors) == {"measurements"}
