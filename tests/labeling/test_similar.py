"""Confirmed cases like one in front of a reader, and whose labels are shown to nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Prediction
from inference.queries import embeddings_of
from inference.services import exposure_record, prediction_ensure
from labeling.models import AnswersSeen, Assignment, ReferenceLabel
from labeling.queries import similar
from labeling.queries.similar import SimilarCase, similar_cases
from labeling.services import assignment_open_single, read_submit
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project, Role
from overread.projects.services import membership_add
from tests.api.rooms import at, url
from tests.factories import answers, label, make_champion, make_image, make_project


def shown(project: Project, image: Image, user: User, **models: Any) -> Prediction:
    """What a new model says of the image, on record as shown."""
    prediction = prediction_ensure(pipeline=make_champion(project, **models), image=image)
    exposure_record(prediction=prediction, user=user)
    return prediction


def labelled(project: Project, count: int, **fields: Any) -> list[Image]:
    images = [make_image(project, **fields) for _ in range(count)]
    for seed, image in enumerate(images):
        label(project, image, seed)
    return images


def found(prediction: Prediction, user: User, **wanted: Any) -> list[SimilarCase]:
    return similar_cases(prediction=prediction, project=prediction.pipeline.project, user=user, **wanted)


def by_hand(prediction: Prediction, images: list[Image]) -> list[Image]:
    """The images, the nearest first."""
    table = embeddings_of(prediction.pipeline.space)
    vectors = {image: table.values[row].astype(float) for image, row in table.rows().items()}
    query = vectors[prediction.image_id]

    def cosine(image: Image) -> float:
        other = vectors[image.pk]
        return float(query @ other / np.linalg.norm(query) / np.linalg.norm(other))

    return sorted(images, key=cosine, reverse=True)


@pytest.mark.parametrize("few", [5000, 0])
def test_they_are_the_nearest_that_are_labelled(
    project: Project, reader: User, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(similar, "FEW", few)
    monkeypatch.setattr(similar, "FIRST_ASKED", 2)  # so that it has to ask again
    image, _unlabelled, *known = make_image(project), make_image(project), *labelled(project, 6)
    prediction = shown(project, image, reader)
    cases = found(prediction, reader, count=4)
    assert [case.image for case in cases] == by_hand(prediction, known)[:4]
    assert [case.cosine for case in cases] == sorted((case.cosine for case in cases), reverse=True)
    assert {each.finding.slug for case in cases for each in case.labels} == {"effusion", "nodule"}


def test_one_image_a_patient_and_none_of_the_patient_in_front(project: Project, reader: User) -> None:
    image, _same = make_image(project, patient="p1"), labelled(project, 1, patient="p1")
    others = labelled(project, 3, patient="p2")
    prediction = shown(project, image, reader)
    assert [case.image for case in found(prediction, reader)] == by_hand(prediction, others)[:1]


def test_no_label_of_the_reference_set_is_shown(project: Project, reader: User, engineer: User) -> None:
    image, _hidden = make_image(project), labelled(project, 2, reference=True)
    prediction = shown(project, image, reader)
    assert found(prediction, reader) == found(prediction, engineer) == []


def test_no_image_of_another_project_is_shown(project: Project, reader: User) -> None:
    image, other = make_image(project), make_project()
    labelled(other, 2)
    make_champion(other)
    assert found(shown(project, image, reader), reader) == []


def test_a_label_that_is_disputed_or_not_assessable_is_none(project: Project, reader: User) -> None:
    image, _ = make_image(project), labelled(project, 1)
    ReferenceLabel.objects.update(value=None)
    assert found(shown(project, image, reader), reader) == []


def test_what_the_reader_has_yet_to_read_blind_stays_hidden(project: Project, reader: User, colleague: User) -> None:
    image, [waiting] = make_image(project), labelled(project, 1)
    prediction = shown(project, image, reader)
    Assignment.objects.filter(image=waiting).delete()
    Assignment.objects.create(project=project, image=waiting, purpose="gold", blind=True, slot=7, rank=1.0)
    assert found(prediction, reader) == []
    case = Assignment.objects.get(image=waiting)
    Assignment.objects.filter(pk=case.pk).update(state=Assignment.State.DONE)
    assert [each.image for each in found(prediction, reader)] == [waiting]


def test_an_erased_image_is_not_shown_from_the_map(project: Project, reader: User) -> None:
    image, [gone, stays] = make_image(project), labelled(project, 2)
    prediction = shown(project, image, reader)
    assert len(found(prediction, reader)) == 2
    ReferenceLabel.objects.filter(image=gone).delete()
    assert [case.image for case in found(prediction, reader)] == [stays]


def test_their_labels_count_as_seen(project: Project, reader: User, client: Client) -> None:
    image, [near] = make_image(project), labelled(project, 1)
    make_champion(project)
    case = assignment_open_single(project=project, image=image, reader=reader)
    client.force_login(reader)
    client.get(reverse("read", args=[project.slug, case.pk]))
    answer = client.get(reverse("read-similar", args=[project.slug, case.pk]))
    assert answer.status_code == 200 and near.code in answer.content.decode()
    assert AnswersSeen.objects.get().image == near and AnswersSeen.objects.get().user == reader


def test_in_a_blind_read_there_is_no_strip(reader: User, client: Client) -> None:
    project = make_project(blind_first=BlindFirst.ALWAYS)
    membership_add(project=project, user=reader, role=Role.READER)
    image, _ = make_image(project), labelled(project, 1)
    make_champion(project)
    case = assignment_open_single(project=project, image=image, reader=reader)
    address = reverse("read-similar", args=[project.slug, case.pk])
    client.force_login(reader)
    assert client.get(address).status_code == 404
    assert at(reader).get(url("similar", project, image)).status_code == 403
    assert not AnswersSeen.objects.exists()
    read_submit(assignment=case, reader=reader, answers=answers(project), key=uuid4())
    assert client.get(address).status_code == 404  # revealed, but the prediction was not shown yet
    client.get(reverse("read", args=[project.slug, case.pk]))
    assert client.get(address).status_code == 200


def test_over_rest_they_come_with_their_labels(project: Project, reader: User) -> None:
    image, [near] = make_image(project), labelled(project, 1)
    make_champion(project)
    [told] = at(reader).get(url("similar", project, image)).json()
    assert told["image"] == str(near.pk) and -1 <= told["cosine"] <= 1
    assert {each["finding"]: each["value"] for each in told["labels"]} == {"effusion": 0.0, "nodule": 0.0}
    assert AnswersSeen.objects.get().user == reader
