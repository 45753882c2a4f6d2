"""Links from a PACS: what is asked for, what they tell, and for whom they open."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.test import Client, override_settings
from django.urls import reverse
from pydicom import dcmread
from rest_framework.test import APIClient

from overread.accounts.models import User
from overread.archive.launches import SALT, launch_make
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.audit.models import Event
from overread.projects.models import Project
from phantom.dicom import to_dicom
from phantom.render import render
from tests.api.rooms import at, url
from tests.factories import PASSWORD, make_image, make_member, make_project

STUDY = "1.2.840.99999.1.1"


def film(number: int = 1, patient: str = "MRN-1") -> bytes:
    return to_dicom(render(number, size=64), patient_id=patient, study_uid=STUDY, number=number, day=date(2026, 3, 4))


def instance_of(content: bytes) -> str:
    import io

    return str(dcmread(io.BytesIO(content)).SOPInstanceUID)


@pytest.fixture
def image(project: Project) -> Image:
    return image_ingest(project=project, content=film(), source="rest").image


def ask(user: User, project: Project, **body: Any) -> Any:
    return at(user).post(url("launches", project), body, format="json")


def path(answer: Any) -> str:
    return urlsplit(answer.json()["url"]).path


def follow(client: Client, user: User, address: str) -> Any:
    client.force_login(user)
    return client.get(address)


def test_a_study_opens_at_its_image(client: Client, project: Project, image: Image, reader: User) -> None:
    made = ask(reader, project, StudyInstanceUID=STUDY)
    assert made.status_code == 201 and set(made.json()) == {"url", "expires_at"}
    assert follow(client, reader, path(made))["Location"] == reverse("image", args=[project.slug, image.pk])


def test_a_study_opens_at_the_newest_image_it_has_then(
    client: Client, project: Project, image: Image, reader: User
) -> None:
    made = ask(reader, project, StudyInstanceUID=STUDY)
    newer = image_ingest(project=project, content=film(2), source="rest").image
    assert str(newer.pk) in follow(client, reader, path(made))["Location"]


def test_an_instance_opens_itself(client: Client, project: Project, image: Image, reader: User) -> None:
    image_ingest(project=project, content=film(2), source="rest")
    made = ask(reader, project, SOPInstanceUID=instance_of(film()))
    assert str(image.pk) in follow(client, reader, path(made))["Location"]


def test_a_link_names_neither_patient_nor_uid(project: Project, image: Image, reader: User) -> None:
    told = ask(reader, project, StudyInstanceUID=STUDY).json()["url"]
    for secret in (STUDY, image.study.uid, image.instance_uid, image.patient.pseudonym, image.patient.code, "MRN-1"):
        assert secret not in told


def test_making_and_using_one_are_on_record_without_the_uid(
    client: Client, project: Project, image: Image, reader: User, colleague: User
) -> None:
    follow(client, colleague, path(ask(reader, project, StudyInstanceUID=STUDY)))
    events = Event.objects.filter(verb__startswith="launch.").order_by("pk")
    assert [(event.verb, event.actor) for event in events] == [("launch.make", reader), ("launch.open", colleague)]
    assert all(STUDY not in str(event.detail) and event.target_id == str(image.pk) for event in events)


def test_an_image_that_the_project_does_not_have_makes_no_link(project: Project, reader: User) -> None:
    elsewhere = make_project()
    image_ingest(project=elsewhere, content=film(), source="rest")
    refused = ask(reader, project, StudyInstanceUID=STUDY)
    assert refused.status_code == 404 and STUDY not in refused.content.decode()


def test_an_instance_that_two_patients_claim_makes_no_link(project: Project, image: Image, reader: User) -> None:
    Image.objects.filter(pk=make_image(project).pk).update(instance_uid=image.instance_uid)
    assert ask(reader, project, SOPInstanceUID=instance_of(film())).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"StudyInstanceUID": STUDY, "SOPInstanceUID": STUDY},
        {"StudyInstanceUID": ""},
        {"StudyInstanceUID": "1" * 65},
        {"StudyInstanceUID": "Doe^John"},
        {"PatientID": "MRN-1"},
    ],
)
def test_what_names_no_single_uid_is_refused(body: dict[str, str], project: Project, reader: User) -> None:
    refused = ask(reader, project, **body)
    assert refused.status_code == 400 and "Doe" not in refused.content.decode()


def test_a_stranger_makes_none(project: Project, image: Image, stranger: User) -> None:
    assert ask(stranger, project, StudyInstanceUID=STUDY).status_code == 404


def test_a_token_of_the_api_is_enough_to_make_one(project: Project, image: Image, reader: User) -> None:
    token = at(reader).post(reverse("api:tokens"), {}, format="json").json()["token"]
    pacs = APIClient(headers={"authorization": f"Token {token}"})
    assert pacs.post(url("launches", project), {"StudyInstanceUID": STUDY}, format="json").status_code == 201


def test_whoever_is_not_signed_in_signs_in_and_goes_on(
    client: Client, project: Project, image: Image, reader: User
) -> None:
    address = path(ask(reader, project, StudyInstanceUID=STUDY))
    asked = client.get(address)["Location"]
    assert asked.startswith(f"{reverse('sign-in')}?next=/open/")
    signed_in = client.post(asked, {"username": reader.email, "password": PASSWORD})
    assert signed_in["Location"] == address


def refused(client: Client, user: User, address: str) -> bytes:
    """The page that a link which opens nothing leads to, without what it holds of this request."""
    answer = follow(client, user, address)
    assert answer.status_code == 404
    page: bytes = answer.content.partition(b"<main")[2].partition(b"</main>")[0]
    return page


def test_whatever_is_wrong_the_answer_is_the_same(
    client: Client, project: Project, image: Image, reader: User, stranger: User
) -> None:
    good = launch_make(project=project, image=image, whole_study=True, actor=reader).token
    elsewhere = make_project()
    member_elsewhere = make_member(elsewhere, "reader")
    foreign = launch_make(project=elsewhere, image=image, whole_study=False, actor=reader).token  # not its image
    tampered = good.replace(good[5], "0" if good[5] != "0" else "1", 1)
    unsalted = TimestampSigner().sign(good.split(":")[0])
    wrong = [(tampered, reader), (unsalted, reader), (good[:-1], reader), ("nonsense", reader), ("s:", reader)]
    wrong += [(foreign, member_elsewhere), (foreign, reader), (good, stranger), (good, member_elsewhere)]
    pages = {refused(client, user, reverse("launch", args=[token])) for token, user in wrong}
    with override_settings(LAUNCH_SECONDS=-1):
        pages.add(refused(client, reader, reverse("launch", args=[good])))
    assert len(pages) == 1 and b"This link opens nothing" in pages.pop()
    assert not Event.objects.filter(verb="launch.open").exists()


def test_another_deployments_key_opens_nothing(client: Client, project: Project, image: Image, reader: User) -> None:
    with override_settings(SECRET_KEY="another deployment's"):
        foreign = launch_make(project=project, image=image, whole_study=True, actor=reader).token
    assert b"opens nothing" in refused(client, reader, reverse("launch", args=[foreign]))


def test_who_left_the_project_is_let_in_no_more(client: Client, project: Project, image: Image, reader: User) -> None:
    address = path(ask(reader, project, StudyInstanceUID=STUDY))
    reader.memberships.all().delete()
    assert follow(client, User.objects.get(pk=reader.pk), address).status_code == 404


def test_the_time_it_opens_is_told(project: Project, image: Image, reader: User) -> None:
    launch = launch_make(project=project, image=image, whole_study=True, actor=reader)
    signed = TimestampSigner(salt=SALT).unsign(launch.token, max_age=settings.LAUNCH_SECONDS)
    assert len(signed) == 65 and launch.expires_at.isoformat() > "2020"
