"""Bringing images in by hand, and what becomes of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_champion, picture

JSON = {"Accept": "application/json"}


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def send(site: Client, project: Project, content: bytes, **headers: str) -> object:
    file = SimpleUploadedFile("Doe_John_1950.png", content)
    return site.post(reverse("upload", args=[project.slug]), {"file": file}, headers=JSON | headers)


def test_the_same_file_twice_is_one_image(site: Client, project: Project) -> None:
    content = picture(1)
    first, second = send(site, project, content), send(site, project, content)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["url"] == second.json()["url"] and Image.objects.count() == 1


def test_a_file_that_is_no_image_is_refused_with_a_reason(site: Client, project: Project) -> None:
    answer = send(site, project, b"MZ" + b"\x00" * 300)
    assert answer.status_code == 422 and answer.json()["code"] and answer.json()["detail"]


def test_the_files_name_is_kept_nowhere(site: Client, project: Project) -> None:
    url = send(site, project, picture(2)).json()["url"]
    assert "Doe" not in url and b"Doe" not in site.get(url).content


def test_an_uploaded_image_shows_its_prediction_and_maps(site: Client, project: Project) -> None:
    make_champion(project)
    url = send(site, project, picture(3)).json()["url"]
    assert "being decoded" in site.get(url).content.decode()
    run_all()
    image = Image.objects.get()
    page = site.get(url).content.decode()
    if image.patient.reference:
        assert "Read it now" in page
        return
    assert "Effusion" in page and "Not a medical device" in page
    overlay = site.get(reverse("image-overlay", args=[project.slug, image.pk, 1, "nodule"]))
    assert overlay.status_code == 200 and overlay.content.startswith(b"\x89PNG")


def test_without_a_script_the_form_still_works(site: Client, project: Project) -> None:
    file = SimpleUploadedFile("a.png", picture(4))
    answer = site.post(reverse("upload", args=[project.slug]), {"file": file}, follow=True)
    assert answer.status_code == 200 and Image.objects.count() == 1


def test_the_patient_typed_holds_for_every_file_of_the_form(site: Client, project: Project) -> None:
    files = [SimpleUploadedFile(f"{number}.png", picture()) for number in range(2)]
    site.post(reverse("upload", args=[project.slug]), {"file": files, "patient": "MRN-4711"})
    assert len({image.study.patient_id for image in Image.objects.all()}) == 1
    assert Image.objects.count() == 2


def test_a_patient_that_contradicts_is_refused_without_being_named(site: Client, project: Project) -> None:
    content, page = picture(), reverse("upload", args=[project.slug])
    send(site, project, content)
    named = {"file": SimpleUploadedFile("a.png", content), "patient": "MRN-4711"}
    answer = site.post(page, named, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "patient_named_later")
    assert "MRN-4711" not in answer.content.decode()


def test_the_worklist_hides_the_reason_of_blind_cases(site: Client, project: Project) -> None:
    send(site, project, picture(5))
    project.audit_share = 1.0
    project.save()
    make_champion(project)
    page = site.get(reverse("worklist", args=[project.slug])).content.decode()
    assert "Control case" not in page and "Reason opens after your first read" in page
