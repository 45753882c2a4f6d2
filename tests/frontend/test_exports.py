"""The page of exports: asking with the data room's filters, what is listed, who may."""

from __future__ import annotations

import pytest
from django.urls import reverse

from frontend.pages.exports import CHOICES
from overread.jobs.running import run_all
from overread.projects.models import Role
from tests import factories
from tests.api.rooms import make_labelled
from training.exports.formats import FORMS
from training.models import Export


def address(project):
    return reverse("project-exports", args=[project.slug])


def ask(client, project, user, **fields):
    client.force_login(user)
    response = client.post(address(project), {"what": "labels:csv", **fields}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_an_export_is_asked_for_listed_and_downloaded(client, project, engineer):
    make_labelled(project)
    assert "The export is being made." in ask(client, project, engineer)
    run_all()
    page = client.get(address(project)).content.decode()
    file = reverse("export-file", args=[project.slug, Export.objects.get().pk])
    assert "Labels, CSV" in page and file in page and "kept for 7 days" in page
    answer = client.get(file, headers={"Range": "bytes=0-6"})
    assert answer.status_code == 206 and b"".join(answer.streaming_content) == b'"label"'


def test_the_data_rooms_filters_come_along(client, project, engineer):
    image = make_labelled(project)[0]
    client.force_login(engineer)
    query = f"?case={image.code}&labels=yes&nothing=1"
    data = client.get(reverse("project-data", args=[project.slug]) + query).content.decode()
    assert f"{address(project)}?case={image.code}&amp;labels=yes" in data
    form = client.get(address(project) + query).content.decode()
    assert f'name="case" value="{image.code}"' in form
    ask(client, project, engineer, case=image.code, labels="yes", finding="nodule")
    run_all()
    export = Export.objects.get()
    assert export.filters == {"case": [image.code], "labels": ["yes"], "finding": ["nodule"]} and export.rows == 1


def test_what_cannot_be_exported_is_said(client, project, engineer):
    assert "Class folders are of one finding" in ask(client, project, engineer, what="labels:folders")
    assert not Export.objects.exists()


def test_an_export_for_others_is_not_offered_to_whoever_reads(client, project, engineer):
    ask(client, project, engineer)
    run_all()
    both = factories.make_member(project, Role.READER, Role.ML_ENGINEER)
    client.force_login(both)
    page = client.get(address(project)).content.decode()
    assert "You read in this project: ask for your own." in page
    assert reverse("export-file", args=[project.slug, Export.objects.get().pk]) not in page


@pytest.mark.parametrize("who", ["reader", "adjudicator"])
def test_whoever_only_reads_is_offered_no_export(client, project, who, request):
    client.force_login(request.getfixturevalue(who))
    data = client.get(reverse("project-data", args=[project.slug])).content.decode()
    assert address(project) not in data


def test_the_page_offers_whatever_can_be_made():
    made = {f"{kind}:{name}" for name, form in FORMS.items() for kind in form.kinds}
    assert set(CHOICES) == made
