"""Answers over HTTP."""

from typing import Any
from uuid import uuid4

import pytest

from inference.models import Champion
from labeling.models import Answer, AnswersSeen, Assignment, Read
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from tests.api.rooms import at, held, make_blind, submission, url
from tests.factories import make_champion, make_image, make_project, make_read


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    """A case in the reader's hands, of a project without a model."""
    make_image(project)
    return held(project, reader)


def make_audit(project: Project, reader: User) -> Assignment:
    """A case to be read blind, whose reason does not quote the model."""
    Project.objects.filter(pk=project.pk).update(audit_share=1.0)
    return make_blind(project, reader)


def submit(user: User, case: Assignment, body: dict[str, Any]) -> Any:
    return at(user).post(url("assignment-read", case.project, case), body, format="json")


def test_a_read_is_stored(project: Project, reader: User, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10.5, 20]]}
    body = submission(project, "present", regions=[region], comment="Clear.", active_ms=900, level="full")
    told = submit(reader, case, body).json()
    assert told["assignment"]["state"] == "done" and told["read"]["regions"] == [region | {"frame": 0}]
    assert {answer["value"] for answer in told["read"]["answers"]} == {"present"}


def test_a_read_may_say_how_sure_its_reader_is(project: Project, reader: User, case: Assignment) -> None:
    assert submit(reader, case, submission(project, confidence="certain")).status_code == 400
    assert submit(reader, case, submission(project, confidence="low")).json()["read"]["confidence"] == "low"


def test_too_many_regions_are_refused_with_their_number(project: Project, reader: User, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10, 20]]}
    refused = submit(reader, case, submission(project, "present", regions=[region] * 201))
    assert refused.status_code == 422
    assert refused.json()["errors"] == {"regions": "A read has 200 regions at most; this one has 201."}


def test_the_same_key_makes_one_read(project: Project, reader: User, case: Assignment) -> None:
    body = submission(project)
    first, second = (submit(reader, case, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["read"]["id"] == second.json()["read"]["id"] and Read.objects.count() == 1


def test_an_answer_may_say_that_it_was_given_in_bulk(project: Project, reader: User, case: Assignment) -> None:
    submit(reader, case, submission(project, {"value": "absent", "bulk": True}))
    assert all(Answer.objects.values_list("bulk", flat=True))


def test_a_number_is_an_answer(reader: User) -> None:
    from overread.projects.models import Role
    from overread.projects.services import membership_add

    finding = {"slug": "age", "name": "Bone age", "kind": "measurement", "unit": "months", "maximum": 240}
    project = make_project(findings=(finding,), images=1)
    membership_add(project=project, user=reader, role=Role.READER)
    case = held(project, reader)
    assert submit(reader, case, submission(project, 900)).status_code == 422
    assert submit(reader, case, submission(project, 94.5)).status_code == 201
    assert Answer.objects.get().value == "94.5"


def test_every_finding_that_does_not_fit_is_named(project: Project, reader: User, case: Assignment) -> None:
    refused = submit(reader, case, submission(project, "maybe"))
    assert refused.status_code == 422 and set(refused.json()["errors"]) == {"effusion", "nodule"}


def test_an_unanswered_finding_is_named(project: Project, reader: User, case: Assignment) -> None:
    body = submission(project) | {"answers": {"effusion": "absent"}}
    assert set(submit(reader, case, body).json()["errors"]) == {"nodule"}
    assert not Read.objects.exists()


def test_a_region_outside_the_image_is_refused(project: Project, reader: User, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[0, 0], [1e300, 5]]}
    assert submit(reader, case, submission(project, regions=[region])).status_code == 422


def test_a_region_lies_on_a_frame_that_the_image_has(project: Project, reader: User, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10, 20]], "frame": 1}
    refused = submit(reader, case, submission(project, "present", regions=[region]))
    assert refused.status_code == 422 and set(refused.json()["errors"]) == {"regions"}
    Image.objects.filter(pk=case.image_id).update(frames=2)
    told = submit(reader, case, submission(project, "present", regions=[region])).json()
    assert told["read"]["regions"] == [region]


def test_an_answer_that_its_region_contradicts_is_named(project: Project, reader: User, case: Assignment) -> None:
    region = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10, 20]]}
    refused = submit(reader, case, submission(project, regions=[region]))
    assert refused.status_code == 422 and set(refused.json()["errors"]) == {"nodule"}
    assert not Read.objects.exists()


@pytest.mark.parametrize("answer", [True, None, [], {}, {"value": "absent", "sure": 1}, {"bulk": True}, "x" * 81])
def test_an_answer_has_a_form(project: Project, reader: User, case: Assignment, answer: Any) -> None:
    assert submit(reader, case, submission(project, answer)).status_code == 400


def test_after_a_blind_read_the_case_is_revealed(project: Project, reader: User) -> None:
    told = submit(reader, make_blind(project, reader), submission(project)).json()
    assert told["read"]["phase"] == "blind" and told["read"]["model"] is None
    assert told["assignment"]["state"] == "revealed" and told["assignment"]["reason"]


def test_a_blind_case_is_done_once_its_prediction_was_seen(project: Project, reader: User) -> None:
    case, body = make_audit(project, reader), submission(project)
    submit(reader, case, body)
    refused = submit(reader, case, submission(project, "present"))
    assert refused.status_code == 409 and f"images/{case.image_id}/prediction/" in refused.json()["detail"]
    assert submit(reader, case, body).status_code == 200 and Read.objects.count() == 1
    at(reader).get(url("prediction", project, case.image))
    told = submit(reader, case, submission(project, "present")).json()
    assert (told["read"]["phase"], told["assignment"]["state"]) == ("revealed", "done")


def test_a_blind_case_whose_prediction_has_gone_can_be_done(project: Project, reader: User) -> None:
    case = make_audit(project, reader)
    submit(reader, case, submission(project))
    Champion.objects.filter(project=project).delete()
    assert submit(reader, case, submission(project)).json()["assignment"]["state"] == "done"


def test_a_read_names_the_model_in_view(project: Project, reader: User) -> None:
    make_image(project)
    pipeline = make_champion(project)
    case = held(project, reader)
    at(reader).get(url("prediction", project, case.image))
    told = submit(reader, case, submission(project)).json()["read"]
    assert told["model"] == pipeline.number and told["answers"][0]["exposure"] == "shown"


def test_a_read_can_be_undone(project: Project, reader: User, case: Assignment) -> None:
    read = submit(reader, case, submission(project)).json()["read"]["id"]
    assert at(reader).post(url("read-undo", project, read)).json()["state"] == "claimed"
    assert submit(reader, case, submission(project, "present")).json()["read"]["supersedes"] == read


def test_an_older_read_cannot_be_undone(project: Project, reader: User, case: Assignment) -> None:
    first = submit(reader, case, submission(project)).json()["read"]["id"]
    submit(reader, case, submission(project, "present"))
    assert at(reader).post(url("read-undo", project, first)).status_code == 409


def test_nobody_undoes_the_read_of_another(project: Project, reader: User, colleague: User, case: Assignment) -> None:
    read = submit(reader, case, submission(project)).json()["read"]["id"]
    assert at(colleague).post(url("read-undo", project, read)).status_code == 404
    assert at(colleague).post(url("read-undo", project, uuid4())).status_code == 404


def test_readers_see_their_own_reads_and_engineers_all(
    project: Project, reader: User, colleague: User, engineer: User, case: Assignment
) -> None:
    submit(reader, case, submission(project))
    counts = [len(at(user).get(url("reads", project)).json()["results"]) for user in (reader, colleague, engineer)]
    assert counts == [1, 0, 1]


def test_others_answers_are_on_record_as_seen(project: Project, reader: User, engineer: User, case: Assignment) -> None:
    submit(reader, case, submission(project))
    at(reader).get(url("reads", project))
    assert not AnswersSeen.objects.exists()
    at(engineer).get(url("reads", project))
    assert AnswersSeen.objects.get(image=case.image).user == engineer


def test_others_answers_wait_for_an_adjudicators_own(
    project: Project, reader: User, colleague: User, adjudicator: User, engineer: User
) -> None:
    image = make_image(project, reference=True)
    queue_fill(project=project)
    make_read(project, reader, "absent")
    make_read(project, colleague, "present")

    def told(user: User) -> tuple[int, int]:
        both = (at(user).get(url(name, project), {"image": str(image.pk)}) for name in ("reads", "labels"))
        reads, labels = (len(answer.json()["results"]) for answer in both)
        return reads, labels

    assert told(engineer) == (2, 2)  # who does not read is not swayed
    assert told(adjudicator) == (0, 0)
    make_read(project, adjudicator, "present")
    assert told(adjudicator) == (3, 2)
