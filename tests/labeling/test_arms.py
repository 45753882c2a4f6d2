"""Second looks, known answers and repeats, from the draw to what becomes of their reads."""

import io
from uuid import uuid4

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from PIL import Image as Picture

from frontend.pages.read.opened import case_open
from inference.queries import champion_of
from labeling.models import Assignment, Purpose, Read, ReferenceLabel, Selection
from labeling.queries.labels import reads_teaching, training_labels
from labeling.queries.reader_reliability import gold_agreement, repeat_agreement
from labeling.queries.reader_statistics import agreement_with_others
from labeling.queries.visibility import answers_withheld, prediction_allowed
from labeling.queries.worklist import worklist
from labeling.services import (
    assignment_claim,
    assignment_escalate,
    assignment_open_single,
    assignment_skip,
    label_import_open,
    labels_import,
    read_submit,
)
from labeling.services.selection import queue_fill
from labeling.services.selection.candidates import unreadable_withdraw
from overread.jobs.running import run_all
from overread.projects.models import Role
from tests.factories import answers, make_champion, make_image, make_member, make_project, make_read

pytestmark = pytest.mark.django_db


@pytest.fixture
def golden():
    """A project whose every pick is a hidden case of known answer, with two such images: effusion present, no nodule."""
    project = make_project(gold_share=1.0, auto_fill=False)
    images = [make_image(project) for _ in range(2)]
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="CT.", independent=True)
    labels_import(source=source, labels=[(image, {"effusion": "present", "nodule": "absent"}) for image in images])
    return project


@pytest.fixture
def reader_of_gold(golden):
    reader = make_member(golden, Role.READER)
    queue_fill(project=golden, size=2)
    return reader


@pytest.fixture
def repeating():
    """A project with one image that its one reader has read blind just now, effusion and nodule absent."""
    project = make_project(repeat_share=1.0, auto_fill=False, blind_first="always", images=1)
    reader = make_member(project, Role.READER)
    queue_fill(project=project, size=1)
    Assignment.objects.update(purpose=Purpose.AUDIT, for_reader=None)
    make_read(project, reader, "absent")
    return project, reader


def repeat_of(project):
    """The repeat that is queued once the washout is over, which here it is at once."""
    project.washout_days = 0
    queue_fill(project=project, size=1)
    return Assignment.objects.get(project=project, purpose=Purpose.REPEAT)


def test_known_answers_are_hidden_among_the_others(golden, reader_of_gold):
    cases = Assignment.objects.filter(project=golden)
    assert {(case.purpose, case.blind, case.reason) for case in cases} == {("gold", True, "Control case")}
    assert all(case.probability == pytest.approx(1.0) for case in cases)


def test_nobody_draws_a_known_answer_that_every_reader_has_met(golden, reader_of_gold):
    for _ in range(2):
        make_read(golden, reader_of_gold)
    assert queue_fill(project=golden, size=2) is None


def test_reading_a_known_answer_changes_no_label(golden, reader_of_gold):
    before = training_labels(golden)
    make_read(golden, reader_of_gold, "absent")
    assert training_labels(golden) == before
    assert set(ReferenceLabel.objects.values_list("origin", flat=True)) == {"imported"}
    assert not reads_teaching(golden).exists()


def test_known_answers_tell_how_far_a_reader_agrees(golden, reader_of_gold):
    for _ in range(2):
        make_read(golden, reader_of_gold, "absent")
    told = {
        each.finding.slug: (each.asked, each.agreed) for each in gold_agreement(project=golden, reader=reader_of_gold)
    }
    assert told == {"effusion": (2, 0), "nodule": (2, 2)}


def test_the_selection_says_what_was_wanted_and_what_came(golden, reader_of_gold):
    Assignment.objects.update(state=Assignment.State.WITHDRAWN)
    make_image(golden)
    golden.gold_share, golden.relabel_share = 0.5, 0.5
    golden.save()
    queue_fill(project=golden, size=4)
    batch = Selection.objects.order_by("-created_at").first()
    assert batch.shares == {"exploit": 0.0, "audit": 0.0, "gold": 0.5, "repeat": 0.0, "relabel": 0.5}
    assert set(batch.drawn) == {"gold", "exploit"} and sum(batch.drawn.values()) == batch.assignments.count()


def test_known_answers_that_nobody_reads_do_not_pile_up(golden, reader_of_gold):
    make_image(golden)
    assert queue_fill(project=golden, size=2).drawn == {"exploit": 1}


def test_a_known_answer_that_nobody_can_read_any_more_is_withdrawn(golden, reader_of_gold):
    golden.memberships.all().delete()
    assert unreadable_withdraw(project=golden) == 2


def test_nothing_is_repeated_before_the_washout(repeating):
    project, _reader = repeating
    assert queue_fill(project=project, size=1) is None


def test_a_repeat_is_for_its_own_reader_alone(repeating):
    project, reader = repeating
    case = repeat_of(project)
    colleague = make_member(project, Role.READER)
    assert (case.for_reader, case.blind, case.reason) == (reader, True, "Control case")
    assert assignment_claim(project=project, reader=colleague) is None
    assert list(worklist(project=project, reader=reader).free) == [case]
    assert assignment_claim(project=project, reader=reader) == case


def test_a_repeat_shows_its_reader_nothing_of_their_first_answer(repeating):
    project, reader = repeating
    repeat_of(project)
    case = assignment_claim(project=project, reader=reader)
    assert case_open(case, reader, champion_of(project)).read is None


def test_a_repeat_withholds_the_model_until_it_is_read(repeating):
    project, reader = repeating
    image = repeat_of(project).image
    asked = {"user": reader, "project": project, "image": image}
    assert not prediction_allowed(**asked)
    assert list(answers_withheld(user=reader, project=project)) == [image.pk]
    make_read(project, reader)
    assert prediction_allowed(**asked)
    assert not answers_withheld(user=reader, project=project).exists()


def test_a_repeat_changes_no_label_and_supersedes_nothing(repeating):
    project, reader = repeating
    repeat_of(project)
    make_read(project, reader, "present")
    assert set(ReferenceLabel.objects.values_list("value", "readers")) == {(0.0, 1)}
    assert Read.objects.filter(superseded_by=None).count() == 2


def test_a_repeat_tells_how_far_a_reader_agrees_with_themselves(repeating):
    project, reader = repeating
    repeat_of(project)
    make_read(project, reader, "present")
    assert [(each.asked, each.agreed) for each in repeat_agreement(project=project, reader=reader)] == [(1, 0), (1, 0)]


def test_a_repeat_is_no_second_voice_among_the_others(repeating):
    project, reader = repeating
    colleague = make_member(project, Role.READER)
    case = assignment_open_single(project=project, image=Read.objects.get().image, reader=colleague)
    read_submit(assignment=case, reader=colleague, answers=answers(project, "absent"), key=uuid4())
    again = repeat_of(project).for_reader
    make_read(project, again, "present")
    other = colleague if again == reader else reader
    assert all(each.agreed == 1 for each in agreement_with_others(project=project, reader=other))


def test_an_image_stands_once_in_a_batch(repeating):
    project, reader = repeating
    colleague = make_member(project, Role.READER)
    case = assignment_open_single(project=project, image=Read.objects.get().image, reader=colleague)
    read_submit(assignment=case, reader=colleague, answers=answers(project, "absent"), key=uuid4())
    project.washout_days = 0
    assert queue_fill(project=project, size=2).drawn == {"repeat": 1}  # either of them could repeat it


def test_nothing_is_repeated_twice(repeating):
    project, reader = repeating
    repeat_of(project)
    make_read(project, reader)
    assert queue_fill(project=project, size=1) is None


def test_who_has_read_the_image_otherwise_is_given_no_repeat_of_it(repeating):
    project, reader = repeating
    case = repeat_of(project)
    single = assignment_open_single(project=project, image=case.image, reader=reader)
    assert single.purpose == Purpose.SINGLE
    read_submit(assignment=single, reader=reader, answers=answers(project), key=uuid4())
    assert assignment_claim(project=project, reader=reader) is None
    assert unreadable_withdraw(project=project) == 1


def test_a_skipped_repeat_is_offered_to_nobody(repeating):
    project, reader = repeating
    repeat_of(project)
    case = assignment_claim(project=project, reader=reader)
    assignment_skip(assignment=case, reader=reader, reason="Not my field")
    assert not Assignment.objects.filter(state=Assignment.State.QUEUED).exists()


def test_an_escalated_repeat_is_a_second_look_for_another_reader(repeating):
    project, reader = repeating
    adjudicator = make_member(project, Role.ADJUDICATOR)
    repeat_of(project)
    case = assignment_claim(project=project, reader=reader)
    assignment_escalate(assignment=case, reader=reader, role="adjudicator", reason="Unsure.")
    sent = assignment_claim(project=project, reader=adjudicator)
    assert (sent.purpose, sent.for_reader) == (Purpose.RELABEL, None)


def test_only_a_repeat_is_for_one_reader(repeating):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.update(for_reader=repeating[1])


def slope(seed):
    """A picture that grows brighter from left to right: unlike noise to any network."""
    rows = np.random.default_rng(seed).integers(0, 40, (40, 48)) + np.linspace(0, 200, 48)
    out = io.BytesIO()
    Picture.fromarray(rows.astype(np.uint8)).save(out, "png")
    return out.getvalue()


@pytest.fixture
def suspect():
    """Twelve images of noise and twelve slopes read once, all slopes and one image of noise present; then second looks
    alone.
    """
    project = make_project(auto_fill=False, images=12)
    slopes = {make_image(project, content=slope(seed)).pk for seed in range(12)}
    reader = make_member(project, Role.READER)
    make_champion(project)
    queue_fill(project=project, size=24)
    wrong = Assignment.objects.exclude(image__in=slopes).first().image_id
    while case := assignment_claim(project=project, reader=reader):
        said = "present" if case.image_id in slopes | {wrong} else "absent"
        read_submit(assignment=case, reader=reader, answers=answers(project, said), key=uuid4())
    run_all()
    project.relabel_share = 1.0
    project.save()
    return project, reader, wrong


def test_second_looks_go_to_another_reader_blind(suspect):
    project, reader, wrong = suspect
    colleague = make_member(project, Role.READER)
    queue_fill(project=project, size=1)
    case = Assignment.objects.get(purpose=Purpose.RELABEL)
    assert (case.image_id, case.blind, case.strategy) == (wrong, True, "confident learning")
    assert case.reason.startswith("Second look: the answer and the model's view of similar images differ on ")
    assert assignment_claim(project=project, reader=reader) is None
    assert assignment_claim(project=project, reader=colleague).purpose == Purpose.RELABEL


def test_without_another_reader_there_is_no_second_look(suspect):
    project, _reader, _wrong = suspect
    assert queue_fill(project=project, size=1) is None


def test_a_second_look_counts_in_the_label(suspect):
    project, _reader, wrong = suspect
    colleague = make_member(project, Role.READER)
    queue_fill(project=project, size=1)
    read = make_read(project, colleague)
    assert read.image_id == wrong and read in reads_teaching(project)
    assert set(ReferenceLabel.objects.filter(image=wrong).values_list("readers", flat=True)) == {2}
