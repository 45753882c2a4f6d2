"""The data page: who sees what of an image, and narrowing."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.archive.models import Enrolment, Image
from overread.archive.services import image_quarantine
from overread.projects.models import Project
from tests import factories


def look(client: Client, project: Project, user: User, **asked: str | list[str]) -> str:
    client.force_login(user)
    response = client.get(reverse("project-data", args=[project.slug]), asked)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_project_says_so(client, project, engineer):
    page = look(client, project, engineer)
    assert "No image yet." in page
    assert reverse("upload", args=[project.slug]) in page


def test_an_image_shows_its_thumbnail_and_its_patients_code(client, project, reader):
    image = factories.make_image(project)
    page = look(client, project, reader)
    assert reverse("image-pixels", args=[image.pk, "thumb"]) in page
    assert image.code in page


def test_a_quarantined_image_shows_its_reason_and_no_thumbnail(client, project, reader):
    image = factories.make_image(project)
    image_quarantine(image=image, reason="Two frames of different size.")
    page = look(client, project, reader, status="quarantined")
    assert "Two frames of different size." in page
    assert reverse("image-pixels", args=[image.pk, "thumb"]) not in page


def test_an_image_on_its_way_says_so_in_place_of_its_picture(client, project, reader):
    image = factories.make_image(project, ready=False)
    tile = look(client, project, reader).split('class="tile"')[1]
    assert "Being decoded" in tile.split("<b>")[0]
    assert reverse("image-pixels", args=[image.pk, "thumb"]) not in tile


def test_filters_that_fit_nothing_offer_to_be_cleared(client, project, reader):
    factories.make_image(project)
    page = look(client, project, reader, status="quarantined")
    assert "No image matches." in page
    assert "Clear filters" in page


def test_choices_of_one_facet_add_up(client, project, reader):
    codes = []
    for view in ("PA", "AP", "LL"):
        image = factories.make_image(project)
        Image.objects.filter(pk=image.pk).update(view=view)
        codes.append(image.code)
    page = look(client, project, reader, view=["PA", "AP"])
    assert [code in page for code in codes] == [True, True, False]


def test_unknown_filters_are_ignored(client, project, reader):
    image = factories.make_image(project)
    assert image.code in look(client, project, reader, view="'; --", page="x", nothing="1")


def test_a_patient_is_found_by_code(client, project, reader):
    one, other = factories.make_image(project), factories.make_image(project)
    page = look(client, project, reader, case=one.patient.code.lower())
    assert one.patient.code in page
    assert other.patient.code not in page


def test_a_case_is_found_by_its_own_name(client, project, reader):
    one, other = (factories.make_image(project, patient="same") for _ in range(2))
    page = look(client, project, reader, case=one.code)
    assert one.code in page
    assert other.code not in page


@pytest.mark.parametrize("who", ["reader", "adjudicator"])
def test_who_reads_is_not_told_the_reference_set(client, project, who, request):
    factories.make_image(project, reference=True)
    page = look(client, project, request.getfixturevalue(who), set="yes")
    assert "eference set" not in page


def test_an_engineer_sees_and_filters_the_reference_set(client, project, engineer):
    inside, outside = factories.make_image(project, reference=True), factories.make_image(project)
    page = look(client, project, engineer, set="yes")
    assert "Reference set" in page
    assert inside.patient.code in page
    assert outside.patient.code not in page


@pytest.fixture
def labelled(project, colleague):
    """A project with one read image, effusion present."""
    factories.make_image(project)
    factories.make_champion(project)
    factories.make_read(project, colleague, "present")
    return project


def test_labels_are_shown_to_those_who_may_see_them(client, labelled, engineer):
    page = look(client, labelled, engineer, labels="yes")
    assert "Effusion, Nodule" in page
    assert "one reader" in page


def charts(client, project, user):
    client.force_login(user)
    return client.get(reverse("project-data", args=[project.slug]), headers={"HX-Request": "true"}).content.decode()


def test_charts_come_after_the_tiles(client, labelled, engineer):
    assert 'hx-trigger="load"' in look(client, labelled, engineer)
    page = charts(client, labelled, engineer)
    assert "Images in which each finding is present, and uncertain. Effusion 1; Nodule 1" in page
    assert "Labels by source. One reader 2" in page
    assert "<html" not in page


def test_a_readers_charts_tell_nothing_of_labels(client, labelled, reader):
    page = charts(client, labelled, reader)
    assert "Images by view" in page
    assert "Effusion" not in page


def test_labels_are_hidden_from_readers(client, labelled, reader):
    page = look(client, labelled, reader, labels="no")
    assert "Effusion" not in page
    assert "one reader" not in page
    assert "<b>PX-" in page, "the filter by labels does nothing for a reader"


def copies(image: Image, project: Project, count: int) -> None:
    """So many more rows like this image, without files of their own."""
    for number in range(count):
        image.pk, image._state.adding, image.sha256 = uuid4(), True, f"{number:064d}"
        image.save(force_insert=True)
        Enrolment.objects.create(project=project, image=image, source="upload")


def test_pages_of_forty(client, project, reader):
    copies(factories.make_image(project), project, 40)
    first, second = look(client, project, reader), look(client, project, reader, page="2", status="ready")
    assert first.count('class="tile"') == 40
    assert second.count('class="tile"') == 1
    assert "?status=ready&amp;page=1" in second
