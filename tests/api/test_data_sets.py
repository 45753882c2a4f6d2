"""Data sets over HTTP: prepared, decided, imported, listed row by row, withdrawn."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.models import ReferenceLabel
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.api.rooms import at, make_data_set, make_draft, url
from tests.factories import make_project, picture
from tests.training.pictures import table
from training.api.data_set_shapes import GuessSerializer, NearSerializer, OptionsSerializer, SurveySerializer
from training.datasets.guessing import TableGuess
from training.datasets.layouts import LAYOUTS
from training.datasets.options import Options
from training.datasets.survey import NearDuplicates, Survey
from training.models import DatasetDraft, DatasetImport, DatasetRow


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder that the operator allows, with a table of six images."""
    settings.DATASET_FOLDERS = [str(tmp_path)]
    table(tmp_path, 6, "Efusion")
    return tmp_path


def pack(files: dict[str, bytes]) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("pack.zip", out.getvalue(), "application/zip")


def sent(project: Project, user: User, **body: Any) -> Any:
    return at(user).post(url("data-set-drafts", project), body, format="json")


def draft_of(project: Project, user: User, answer: Any) -> dict[str, Any]:
    """The draft as it is told once its job is done."""
    run_all(queues=("io",))
    told: dict[str, Any] = at(user).get(url("data-set-draft", project, answer.json()["id"])).json()
    return told


def test_a_folder_is_looked_through_decided_and_imported(project: Project, engineer: User, folder: Path) -> None:
    answer = sent(project, engineer, layout="table", folder=str(folder))
    assert answer.status_code == 201 and answer.json()["state"] == "looking" and answer.json()["survey"] is None
    told = draft_of(project, engineer, answer)
    assert told["state"] == "ready" and told["survey"]["images"] == 6 and told["survey"]["to_decide"]
    assert [column["role"] for column in told["guess"]["columns"]] == ["image", "patient", "label"]
    address = url("data-set-draft", project, told["id"])
    refused = at(engineer).post(url("data-set-draft-import", project, told["id"]))
    assert refused.status_code == 400 and "'Efusion'" in refused.json()["errors"][0]
    changed = at(engineer).patch(address, {"mapping": {"Efusion": "effusion"}, "declaration": "Biopsy."}, format="json")
    assert changed.status_code == 200 and draft_of(project, engineer, changed)["survey"]["to_decide"] == []
    assert at(engineer).post(url("data-set-draft-import", project, told["id"])).status_code == 202
    done = draft_of(project, engineer, changed)
    assert done["state"] == "done" and ReferenceLabel.objects.count() == 6
    dataset = at(engineer).get(url("data-set", project, done["dataset"])).json()
    assert (dataset["taken"], dataset["refused"], dataset["declaration"]) == (6, 0, "Biopsy.")
    assert dataset["counts"]["stored"] == 6 and dataset["options"]["mapping"] == {"Efusion": "effusion"}
    assert dataset["withdrawal"] is None and dataset["imported_by"] == str(engineer)


def test_a_zip_is_sent_as_a_form(project: Project, engineer: User) -> None:
    files = {"effusion/1.png": picture(1), "normal/2.png": picture(2)}
    answer = at(engineer).post(url("data-set-drafts", project), {"layout": "folders", "zip": pack(files)})
    assert answer.status_code == 201 and answer.json()["name"] == "pack.zip"
    assert draft_of(project, engineer, answer)["survey"]["accepted"] == 2
    listed = at(engineer).get(url("data-set-drafts", project)).json()["results"]
    assert [each["id"] for each in listed] == [answer.json()["id"]]


def test_options_are_replaced_as_a_whole(project: Project, engineer: User, folder: Path) -> None:
    told = draft_of(project, engineer, sent(project, engineer, layout="table", folder=str(folder)))
    options = {**told["options"], "kinds": {"Efusion": "categorical"}, "choices": {"Efusion": ["0", "1"]}}
    answer = at(engineer).patch(url("data-set-draft", project, told["id"]), {"options": options}, format="json")
    assert answer.status_code == 200 and answer.json()["options"] == options
    assert draft_of(project, engineer, answer)["survey"]["questions"][0]["kind"] == "categorical"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"layout": "nonsense", "folder": "/x"}, "layout"),
        ({"layout": "folders"}, "folder"),
        ({"layout": "folders", "folder": "/etc"}, "folder"),
        ({"layout": "folders", "folder": "/no/such"}, "folder"),
        ({"layout": "folders", "folder": "/x", "nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_begun_is_said_by_field(
    project: Project, engineer: User, body: dict[str, Any], where: str
) -> None:
    answer = sent(project, engineer, **body)
    assert answer.status_code == 400 and set(answer.json()["errors"]) == {where}
    assert not DatasetDraft.objects.exists()


def test_what_is_no_zip_is_said(project: Project, engineer: User) -> None:
    for form in (
        {"layout": "folders", "zip": SimpleUploadedFile("pack.zip", b"nothing")},
        {"layout": "folders", "zip": pack({"1.dcm": b"\0" * 128 + b"DICM"})},
        {"layout": "folders"},
        {"zip": pack({})},
        {"layout": "folders", "zip": pack({}), "folder": "/x"},
    ):
        assert at(engineer).post(url("data-set-drafts", project), form).status_code == 400
    assert not DatasetDraft.objects.exists()


def test_a_zip_that_is_too_large_is_not_read(project: Project, engineer: User, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    form = {"layout": "folders", "zip": pack({"a/1.png": bytes(100_000)})}
    assert at(engineer).post(url("data-set-drafts", project), form).status_code == 413


@pytest.mark.parametrize(
    "change",
    [
        {"options": {"nonsense": 1}},
        {"options": {"kinds": {"a": "nonsense"}}},
        {"options": {"decimal": ";"}},
        {"mapping": {"a": ["b"]}},
        {"state": "done"},
        {"dataset": None},
    ],
)
def test_what_cannot_be_decided_is_refused(project: Project, engineer: User, change: dict[str, Any]) -> None:
    draft = make_draft(project, engineer)
    answer = at(engineer).patch(url("data-set-draft", project, draft), change, format="json")
    assert answer.status_code == 400
    draft.refresh_from_db()
    assert draft.state == "failed" and draft.options == {} and draft.round == 0


def test_a_draft_is_given_up(project: Project, engineer: User) -> None:
    draft = make_draft(project, engineer)
    assert at(engineer).delete(url("data-set-draft", project, draft)).status_code == 204
    assert at(engineer).get(url("data-set-draft", project, draft)).status_code == 404


def test_rows_come_in_the_order_of_the_data_set_page_by_page(project: Project, engineer: User) -> None:
    dataset = make_data_set(project)
    rows = [DatasetRow(dataset=dataset, number=number, file=f"{number}.png", reason="No.") for number in range(4, 8)]
    DatasetRow.objects.bulk_create(reversed(rows))
    seen, address = [], url("data-set-rows", project, dataset) + "?page_size=2"
    while address:
        page = at(engineer).get(address).json()
        seen += [(row["number"], row["file"]) for row in page["results"]]
        address = page["next"]
    assert seen == [(2, "a.png"), (3, "b.png"), *((number, f"{number}.png") for number in range(4, 8))]


def test_rows_are_filtered_by_whether_they_were_refused(project: Project, engineer: User) -> None:
    address = url("data-set-rows", project, make_data_set(project))
    refused = at(engineer).get(address, {"refused": "true"}).json()["results"]
    assert [(row["file"], row["image"], row["reason"]) for row in refused] == [
        ("b.png", None, "There is no file b.png.")
    ]
    taken = at(engineer).get(address, {"refused": "false"}).json()["results"]
    assert [row["file"] for row in taken] == ["a.png"] and taken[0]["image"] == str(Image.objects.get().pk)
    assert at(engineer).get(address, {"reason": "x"}).status_code == 400


def test_imports_are_listed_newest_first_with_their_counts(project: Project, engineer: User) -> None:
    first = make_data_set(project)
    second = DatasetImport.objects.create(project=project, name="bare", sha256="2" * 64)
    listed = at(engineer).get(url("data-sets", project)).json()["results"]
    assert [each["id"] for each in listed] == [str(second.pk), str(first.pk)]
    assert [(each["taken"], each["refused"]) for each in listed] == [(0, 0), (1, 1)]
    assert [each["declaration"] for each in listed] == [None, "Made for a test."]
    assert [each["counts"] for each in listed] == [None, None]


def test_its_labels_are_withdrawn_once(project: Project, engineer: User) -> None:
    dataset = make_data_set(project)
    address = url("data-set-withdraw", project, dataset)
    for body in ({}, {"reason": " "}):
        assert at(engineer).post(address, body, format="json").status_code == 400
    told = at(engineer).post(address, {"reason": "The key was wrong."}, format="json")
    assert told.status_code == 200
    assert told.json()["withdrawal"]["reason"] == "The key was wrong."
    assert told.json()["withdrawal"]["by"] == str(engineer)
    run_all(queues=("io",))
    assert not ReferenceLabel.objects.exists() and Event.objects.filter(verb="labels.withdraw").count() == 1
    assert at(engineer).post(address, {"reason": "Again."}, format="json").status_code == 400


def test_an_import_without_labels_has_none_to_withdraw(project: Project, engineer: User) -> None:
    bare = DatasetImport.objects.create(project=project, name="bare", sha256="2" * 64)
    answer = at(engineer).post(url("data-set-withdraw", project, bare), {"reason": "No."}, format="json")
    assert answer.status_code == 422 and "without labels" in answer.json()["detail"]


def test_what_is_another_projects_is_not_there(project: Project, engineer: User) -> None:
    other = make_project()
    dataset, draft = make_data_set(other), make_draft(other, engineer)
    for name, row in (
        ("data-set", dataset),
        ("data-set-rows", dataset),
        ("data-set-draft", draft),
    ):
        assert at(engineer).get(url(name, project, row)).status_code == 404
    assert (
        at(engineer).post(url("data-set-withdraw", project, dataset), {"reason": "x"}, format="json").status_code == 404
    )
    assert at(engineer).post(url("data-set-draft-import", project, draft)).status_code == 404
    assert at(engineer).delete(url("data-set-draft", project, draft)).status_code == 404


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        (OptionsSerializer, Options),
        (SurveySerializer, Survey),
        (GuessSerializer, TableGuess),
        (NearSerializer, NearDuplicates),
    ],
)
def test_what_is_told_is_told_whole(shape: Any, told: Any) -> None:
    assert set(shape().fields) == {field.name for field in fields(told)}


def test_layouts_are_listed(project: Project, engineer: User) -> None:
    told = at(engineer).get(url("data-set-layouts", project)).json()
    assert [each["name"] for each in told] == sorted(LAYOUTS)
