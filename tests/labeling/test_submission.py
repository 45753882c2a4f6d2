"""A submission has one form, whether the reading page or somebody else's program sends it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from labeling.models import Assignment, Read
from labeling.services import assignment_open_single
from labeling.submission import submission_read
from labeling.values import AnswerInvalid
from overread.accounts.models import User
from overread.projects.models import Project
from tests.factories import make_image

KEY = "0f0e0d0c-0b0a-4908-8706-050403020100"
BOX = {"finding": "nodule", "kind": "box", "points": [[1, 2], [10.5, 20]]}


def body(**members: Any) -> dict[str, Any]:
    return {"key": KEY, "answers": {"effusion": "absent", "nodule": {"value": "present", "kept": True}}} | members


def test_everything_arrives() -> None:
    length = {"kind": "length", "points": [[0, 0], [3, 4]], "result": "5 px"}
    seen = uuid4()
    said = {"comment": " Clear. ", "confidence": "low", "active_ms": 900, "level": "full"}
    given = submission_read(body(regions=[BOX], measurements=[length], **said), seen=seen)
    answers = given.answers
    assert (given.key, answers.values) == (UUID(KEY), {"effusion": "absent", "nodule": "present"})
    assert (answers.kept, answers.bulk, answers.seen) == ({"nodule"}, frozenset(), seen)
    assert (answers.regions[0].points, answers.regions[0].frame) == (((1.0, 2.0), (10.5, 20.0)), 0)
    assert (answers.measurements[0].kind, answers.measurements[0].result) == ("length", "5 px")
    assert (answers.comment, answers.confidence, answers.active_ms, answers.level) == ("Clear.", "low", 900, "full")


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"key": "x"}, "key"),
        ({"answers": []}, "answers"),
        ({"answers": {"nodule": [1]}}, "nodule"),
        ({"regions": [BOX | {"kind": "circle"}]}, "regions"),
        ({"regions": [BOX | {"points": [[1]]}]}, "regions"),
        ({"measurements": [{"kind": "length"}]}, "measurements"),
        ({"confidence": "certain"}, "confidence"),
        ({"active_ms": -1}, "active_ms"),
        ({"level": "quarter"}, "level"),
        ({"coment": "Clear."}, "coment"),
    ],
)
def test_what_does_not_fit_is_named_with_why(members: dict[str, Any], named: str) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        submission_read(body(**members))
    assert set(refused.value.errors) == {named}
    assert refused.value.errors[named].startswith(f"{named}: ")


def test_a_sentence_is_said_once() -> None:
    with pytest.raises(AnswerInvalid) as refused:
        submission_read(body(regions=[BOX | {"kind": "circle"}] * 3))
    assert str(refused.value).count("circle") == 1


@pytest.fixture
def case(project: Project, reader: User) -> Assignment:
    return assignment_open_single(project=project, image=make_image(project), reader=reader)


@pytest.mark.parametrize(
    "members",
    [
        {"key": "x"},
        {"answers": {"effusion": True, "nodule": "absent"}},
        {"regions": [BOX | {"points": "here"}]},
        {"measurements": 7},
        {"comment": "x" * 4001},
        {"active_ms": "long"},
    ],
)
def test_the_page_and_rest_refuse_the_same_in_the_same_words(
    client: Client, case: Assignment, reader: User, members: dict[str, Any]
) -> None:
    client.force_login(reader)
    place = [case.project.slug, case.pk]
    page, rest = (
        client.post(reverse(name, args=place), body(**members), content_type="application/json")
        for name in ("read-submit", "api:assignment-read")
    )
    assert (page.status_code, rest.status_code) == (422, 400)
    assert not Read.objects.exists()
    told = " ".join(page.json()["errors"].values())
    assert sentences(rest.json()["errors"]) and all(each in told for each in sentences(rest.json()["errors"]))


def sentences(errors: Any) -> set[str]:
    """Every sentence in REST's errors, which are nested as the body is."""
    if isinstance(errors, str):
        return {errors}
    parts = errors.values() if isinstance(errors, dict) else errors
    return {sentence for part in parts for sentence in sentences(part)}
