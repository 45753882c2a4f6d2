"""What a reader is told of their own reads, and nobody else is."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Exposure
from inference.queries import champion_of
from inference.services import champion_swap, exposure_record, prediction_ensure
from labeling.models import Read
from labeling.queries.reader_statistics import agreement_with_others, answer_switching, model_answer
from labeling.services import Answers, assignment_claim, assignment_open_single, read_submit
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project, Role
from tests.factories import make_champion, make_image, make_member, make_pipeline, make_project, make_user
from training.models import Run, Snapshot, SnapshotItem
from training.queries.runs import latest_reads, reads_feedback


@pytest.fixture
def image(project: Project) -> Image:
    """Scored by a model in use."""
    made = make_image(project)
    make_champion(project)
    return made


def read(image: Image, reader: User, project: Project, *, blind: bool = False, **values: str) -> Read:
    """Open the image, see what the model says of it unless this is a first read, and answer."""
    assignment = assignment_open_single(project=project, image=image, reader=reader)
    if not blind and (pipeline := champion_of(project)):
        exposure_record(prediction=prediction_ensure(pipeline=pipeline, image=image), user=reader)
    stored = read_submit(assignment=assignment, reader=reader, answers=Answers(values=values), key=uuid4())
    run_all(queues=("io", "interactive"))
    return stored


def said(project: Project, image: Image, finding: str) -> str:
    pipeline = champion_of(project)
    assert pipeline is not None
    answer = model_answer(prediction_ensure(pipeline=pipeline, image=image).outputs[finding])
    assert answer is not None
    return answer


def opposite(answer: str) -> str:
    return {"present": "absent", "absent": "present"}[answer]


def test_a_correction_is_followed_into_snapshot_and_model(project: Project, image: Image, reader: User) -> None:
    nodule = opposite(said(project, image, "nodule"))
    stored = read(image, reader, project, effusion=said(project, image, "effusion"), nodule=nodule)
    snapshot = Snapshot.objects.create(
        project=project, number=3, sha256="0" * 64, findings=[], images=1, patients=1, labels=2, counts={}
    )
    SnapshotItem.objects.create(snapshot=snapshot, image=image, split="train", labels={"nodule": 1}, weights={})
    made = make_pipeline(project, seed=1)
    Run.objects.create(project=project, number=1, snapshot=snapshot, recipe={}, trigger="button", pipeline=made)
    (feedback,) = reads_feedback(project=project, reads=[stored])
    assert [(reply.answer.finding.slug, reply.answer.value) for reply in feedback.told] == [("nodule", nodule)]
    assert (feedback.snapshots, feedback.models) == ([3], [made])


def test_an_earlier_snapshot_is_not_the_reads_doing(project: Project, image: Image, reader: User) -> None:
    snapshot = Snapshot.objects.create(
        project=project, number=1, sha256="0" * 64, findings=[], images=1, patients=1, labels=2, counts={}
    )
    SnapshotItem.objects.create(snapshot=snapshot, image=image, split="train", labels={}, weights={})
    (feedback,) = reads_feedback(
        project=project, reads=[read(image, reader, project, effusion="absent", nodule="absent")]
    )
    assert feedback.snapshots == []


def test_a_change_to_what_the_model_says_is_counted(project: Project, reader: User) -> None:
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    image = make_image(project)
    make_champion(project)
    model = said(project, image, "nodule")
    effusion = said(project, image, "effusion")
    read(image, reader, project, blind=True, nodule=opposite(model), effusion=effusion)
    read(image, reader, project, nodule=model, effusion=opposite(effusion))
    counted = {each.finding.slug: each for each in answer_switching(project=project, reader=reader)}
    assert (counted["nodule"].disagreed, counted["nodule"].towards, counted["nodule"].away) == (1, 1, 0)
    assert (counted["effusion"].disagreed, counted["effusion"].towards, counted["effusion"].away) == (0, 0, 1)


@pytest.fixture
def measured(db: None) -> Project:
    age = {"slug": "age", "name": "Age", "kind": "measurement", "unit": "months"}
    return make_project(findings=(age,), blind_first=BlindFirst.ALWAYS)


@pytest.mark.parametrize(("step", "counted"), [(-10, (1, 0)), (10, (0, 1)), (0, (0, 0))])
def test_a_measurement_is_changed_towards_the_model_or_away(
    measured: Project, step: int, counted: tuple[int, int]
) -> None:
    reader, image = make_member(measured, Role.READER), make_image(measured)
    value = prediction_ensure(pipeline=make_champion(measured), image=image).outputs["age"]["value"]
    read(image, reader, measured, blind=True, age=f"{value + 20:.2f}")
    read(image, reader, measured, age=f"{value + 20 + step:.2f}")
    (age,) = answer_switching(project=measured, reader=reader)
    assert (age.towards, age.away) == counted and (age.cases, age.disagreed, age.other) == (1, 1, 0)


def test_answers_are_told_in_words(client: Client, measured: Project) -> None:
    reader, image = make_member(measured, Role.READER), make_image(measured)
    make_champion(measured)
    read(image, reader, measured, blind=True, age="not_assessable")
    read(image, reader, measured, age="30")
    client.force_login(reader)
    page = client.get(reverse("my-reads", args=[measured.slug])).content.decode()
    assert "you said not assessable, then 30 months" in page


def test_a_case_read_twice_has_one_row_with_both_answers(project: Project, reader: User) -> None:
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    image = make_image(project)
    make_champion(project)
    read(image, reader, project, blind=True, nodule="uncertain", effusion="absent")
    read(image, reader, project, nodule="present", effusion="absent")
    (feedback,) = reads_feedback(project=project, reads=list(latest_reads(project=project, reader=reader)))
    assert [(reply.first, reply.answer.value) for reply in feedback.told if reply.changed] == [("uncertain", "present")]


def test_an_open_read_sways_nobody(project: Project, image: Image, reader: User) -> None:
    read(image, reader, project, effusion="absent", nodule="absent")
    assert answer_switching(project=project, reader=reader) == []


def test_agreement_is_with_the_others_alone(project: Project, reader: User, colleague: User) -> None:
    image = make_image(project)
    read(image, reader, project, effusion="present", nodule="absent")
    assert agreement_with_others(project=project, reader=reader) == []
    read(image, colleague, project, effusion="present", nodule="present")
    counted = {each.finding.slug: each for each in agreement_with_others(project=project, reader=reader)}
    assert [(counted[slug].agreed, counted[slug].cases) for slug in ("effusion", "nodule")] == [(1, 1), (0, 1)]


def test_answers_given_with_the_model_in_view_agree_with_nobody(
    project: Project, image: Image, reader: User, colleague: User
) -> None:
    for who in (reader, colleague):
        read(image, who, project, effusion="present", nodule="absent")
    assert agreement_with_others(project=project, reader=reader) == []


def test_the_page_tells_ones_own_reads_only(
    client: Client, project: Project, image: Image, reader: User, colleague: User
) -> None:
    read(image, reader, project, effusion="absent", nodule=opposite(said(project, image, "nodule")))
    url = reverse("my-reads", args=[project.slug])
    client.force_login(reader)
    page = client.get(url).content.decode()
    assert image.code in page and "No label is held yet" not in page and "In no snapshot yet." in page
    client.force_login(colleague)
    assert image.code not in client.get(url).content.decode()


def test_what_another_model_says_now_is_told_and_recorded(
    client: Client, project: Project, image: Image, reader: User
) -> None:
    read(image, reader, project, effusion="absent", nodule=opposite(said(project, image, "nodule")))
    champion_swap(
        project=project, pipeline=make_pipeline(project, seed=5), expected=champion_of(project), signed_by=make_user()
    )
    run_all()
    client.force_login(reader)
    assert "Now model 2 says" in client.get(reverse("my-reads", args=[project.slug])).content.decode()
    assert Exposure.objects.filter(user=reader, image=image, prediction__pipeline=champion_of(project)).exists()


def test_a_blind_read_without_a_reveal_shows_no_model(client: Client, project: Project, reader: User) -> None:
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    image = make_image(project)
    read(image, reader, project, blind=True, effusion="absent", nodule="absent")
    make_champion(project)
    client.force_login(reader)
    assert "model 1" not in client.get(reverse("my-reads", args=[project.slug])).content.decode()
    assert not Exposure.objects.filter(user=reader).exists()


def test_nothing_read_yet_is_told(client: Client, project: Project, reader: User) -> None:
    assert assignment_claim(project=project, reader=reader) is None
    client.force_login(reader)
    assert (
        "You have read no case of this project yet."
        in client.get(reverse("my-reads", args=[project.slug])).content.decode()
    )
