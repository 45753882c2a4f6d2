"""Ways in over HTTP."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from overread.accounts.models import User
from overread.archive.dicom.reader import CHILDREN, standing_reader
from overread.archive.models import Enrolment, Image
from overread.archive.services import image_ingest
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.archive.dicom.made import dicom
from tests.factories import make_project, picture


def send(user: User, project: Project, content: bytes, kind: str = "image/png", **headers: Any) -> Any:
    return at(user).generic("POST", url("images", project), content, content_type=kind, **headers)


def form(content: bytes, name: str = "file") -> dict[str, Any]:
    return {name: SimpleUploadedFile("Doe^Jane.png", content)}


@pytest.fixture
def small(settings: Any) -> int:
    """Files may have a kilobyte."""
    settings.UPLOAD_MAX_BYTES = 1024
    return 1024


def test_a_form_brings_an_image(project: Project, reader: User) -> None:
    answer = at(reader).post(url("images", project), form(picture()), format="multipart")
    assert answer.status_code == 201 and answer.json()["status"] == "received"
    assert Enrolment.objects.get().source == "rest" and Enrolment.objects.get().added_by == reader


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_body_brings_an_image(project: Project, reader: User, kind: str) -> None:
    assert send(reader, project, picture(kind=kind), f"image/{kind}").status_code == 201


def test_a_dicom_file_comes_in_without_its_patient(project: Project, reader: User) -> None:
    answer = send(reader, project, dicom(PatientName="Doe^Jane", PatientID="MRN-4711"), "application/dicom")
    assert answer.status_code == 201 and answer.json()["patient"].startswith("PX-")
    assert "Doe" not in answer.content.decode() and "MRN-4711" not in answer.content.decode()


def test_the_same_file_twice_is_one_image(project: Project, reader: User) -> None:
    content = picture()
    first, second = (send(reader, project, content) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"] and Image.objects.count() == 1


def test_a_form_may_name_the_patient(project: Project, reader: User) -> None:
    brought = [
        at(reader).post(url("images", project), form(picture()) | {"patient": "MRN-4711"}, format="multipart")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in brought] == [201, 201]
    assert len({answer.json()["patient"] for answer in brought}) == 1
    assert "MRN-4711" not in brought[0].content.decode()


def test_a_patient_that_contradicts_is_refused_with_its_code(project: Project, reader: User) -> None:
    content = picture()
    for patient, status in [("MRN-4711", 201), ("MRN-4712", 422), ("", 200)]:
        answer = at(reader).post(url("images", project), form(content) | {"patient": patient}, format="multipart")
        assert answer.status_code == status
        if status == 422:
            assert answer.json()["code"] == "patient_conflict" and "MRN" not in answer.content.decode()


def test_an_image_of_another_project_is_new_here(project: Project, reader: User) -> None:
    content = picture()
    image_ingest(project=make_project(), content=content, source="import")
    assert send(reader, project, content).status_code == 201


def test_a_refusal_has_code_and_reason(project: Project, reader: User) -> None:
    refused = send(reader, project, b"not a picture").json()
    assert (refused["status"], refused["code"]) == (422, "not_an_image") and refused["detail"]


def test_an_empty_file_is_refused(project: Project, reader: User) -> None:
    assert at(reader).post(url("images", project), form(b""), format="multipart").status_code == 422


def test_one_file_a_request(project: Project, reader: User) -> None:
    two = {"file": [SimpleUploadedFile("a", picture()), SimpleUploadedFile("b", picture())]}
    for body in (
        two,
        form(picture(), "image"),
        form(picture()) | {"name": "MRN-1"},
        form(picture()) | {"patient": ["1", "2"]},
        {},
    ):
        assert at(reader).post(url("images", project), body, format="multipart").status_code == 400
    assert not Image.objects.exists()


def test_what_is_too_large_is_not_read(project: Project, reader: User, small: int) -> None:
    body = BytesIO(b"x" * 2000)
    refused = at(reader).generic(
        "POST", url("images", project), content_type="image/png", **{"wsgi.input": body, "CONTENT_LENGTH": "2000"}
    )
    assert refused.status_code == 413 and body.tell() == 0


def test_a_form_is_bounded_while_it_is_read(project: Project, reader: User, small: int) -> None:
    refused = at(reader).post(url("images", project), form(b"x" * 2000), format="multipart")
    assert refused.status_code == 413 and refused["Content-Type"] == "application/problem+json"


def test_a_body_that_ends_early_is_refused(project: Project, reader: User) -> None:
    refused = at(reader).generic(
        "POST",
        url("images", project),
        content_type="image/png",
        **{"wsgi.input": BytesIO(picture()[:100]), "CONTENT_LENGTH": "5000"},
    )
    assert refused.status_code == 400 and "ended early" in refused.json()["detail"]


def test_a_body_of_unknown_length_is_refused(project: Project, reader: User) -> None:
    answer = at(reader).generic("POST", url("images", project), content_type="image/png", CONTENT_LENGTH="")
    assert answer.status_code == 411


def test_other_kinds_of_file_are_refused(project: Project, reader: User) -> None:
    assert send(reader, project, b"a,b", "text/csv").status_code == 415


def test_a_session_sends_its_csrf_token(project: Project, reader: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(reader)
    assert client.post(url("images", project), form(picture()), format="multipart").status_code == 403
    assert not Image.objects.exists()


@pytest.fixture
def occupied(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every child of this process has a file in hand, and goes on with it."""
    reader = standing_reader()
    monkeypatch.setattr(reader, "_wait_seconds", 0.1)
    taken = [reader._idle.get() for _ in range(CHILDREN)]
    yield
    for child in taken:
        reader._idle.put(child)


def test_when_no_child_is_free_the_file_is_for_later(project: Project, reader: User, occupied: None) -> None:
    answer = send(reader, project, picture())
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert answer.json()["detail"] == "Other files are being read. Send this one again."
    assert not Image.objects.exists()


def test_so_it_is_on_the_page(client: Client, project: Project, reader: User, occupied: None) -> None:
    client.force_login(reader)
    page = reverse("upload", args=[project.slug])
    answer = client.post(page, form(picture()), headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10") and "busy" in answer.json()["title"]
    assert "Other files are being read" in client.post(page, form(picture()), follow=True).content.decode()
