"""The pages of data sets: begin one, see what it would do, decide, import, withdraw."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from frontend.pages.data_sets.words import LAYOUTS as WORDS
from labeling.models import ReferenceLabel
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.api.rooms import make_data_set, make_draft
from tests.factories import make_project, picture
from tests.training.pictures import table
from training.datasets.layouts import LAYOUTS
from training.models import DatasetDraft, DatasetImport, DatasetRow


@pytest.fixture
def site(client: Client, engineer: User) -> Client:
    client.force_login(engineer)
    return client


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A folder that the operator allows."""
    settings.DATASET_FOLDERS = [str(tmp_path)]
    return tmp_path


def address(name: str, project: Project, row: Any = None) -> str:
    return reverse(name, args=[project.slug, *([row.pk] if row else [])])


def begin(site: Client, project: Project, folder: Path) -> DatasetDraft:
    """A draft of the table in the folder, looked through."""
    answer = site.post(address("data-sets", project), {"layout": "table", "folder": str(folder)})
    draft = DatasetDraft.objects.latest("created_at")
    assert answer.status_code == 302 and answer["Location"] == address("data-set-draft", project, draft)
    run_all(queues=("io",))
    return draft


def page_of(site: Client, project: Project, draft: DatasetDraft) -> str:
    answer = site.get(address("data-set-draft", project, draft))
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def decide(site: Client, project: Project, draft: DatasetDraft, act: str = "look", **fields: Any) -> DatasetDraft:
    """Send the form as the page has it, with these fields changed, and let the job run."""
    form = site.get(address("data-set-draft", project, draft)).context
    sent = {name: value for name, value in form["form"].initial.items() if value not in (None, False)}
    for line in form["columns"]:
        sent |= {f"role-{line.place}": line.role, f"kind-{line.place}": line.kind, f"unit-{line.place}": line.unit}
    names = [(name, means) for name, _count, _near, means in form["names"]]
    sent |= {"name": [name for name, _ in names], "means": [means for _, means in names]}
    answer = site.post(address("data-set-draft", project, draft), {**sent, "act": act, **fields})
    assert answer.status_code == 302
    run_all(queues=("io",))
    draft.refresh_from_db()
    return draft


def test_the_page_offers_every_layout_and_the_folders_that_are_allowed(
    site: Client, project: Project, folder: Path
) -> None:
    page = site.get(address("data-sets", project)).content.decode()
    assert {words.layout for words in WORDS} == set(LAYOUTS)
    assert not [name for name in LAYOUTS if f'value="{name}"' not in page]
    assert str(folder) in page and "None yet." in page


def test_a_zip_is_looked_through_and_imported(site: Client, project: Project) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for place in range(4):
            archive.writestr(f"{'normal' if place % 2 else 'effusion'}/{place}.png", picture(place))
    file = SimpleUploadedFile("pack.zip", out.getvalue())
    site.post(address("data-sets", project), {"layout": "folders", "zip": file})
    draft = DatasetDraft.objects.get()
    waiting = page_of(site, project, draft)
    assert "It is being looked through." in waiting and "Import 4 images" not in waiting
    run_all(queues=("io",))
    live = site.get(address("data-set-draft-live", project, draft))
    assert live["HX-Refresh"] == "true"
    page = page_of(site, project, draft)
    assert "<b>4</b> images can be taken in" in page and "Import 4 images" in page
    assert decide(site, project, draft, "import").state == DatasetDraft.State.DONE
    done = site.get(address("data-set-draft", project, draft), follow=True)
    assert done.redirect_chain[-1][0] == address("data-set", project, draft.dataset)
    assert ReferenceLabel.objects.count() == 4
    listed = site.get(address("data-sets", project)).content.decode()
    assert address("data-set", project, draft.dataset) in listed and "Being prepared" not in listed


def test_what_a_name_means_is_decided(site: Client, project: Project, folder: Path) -> None:
    table(folder, 6, "Efusion")
    draft = begin(site, project, folder)
    page = page_of(site, project, draft)
    assert "To be decided before it can be imported" in page and "nearest: Effusion" in page
    assert 'value="import"' not in page
    assert decide(site, project, draft, "import").state == DatasetDraft.State.READY
    decide(site, project, draft, name=["Efusion"], means=["effusion"])
    assert draft.mapping == {"Efusion": "effusion"} and 'value="import"' in page_of(site, project, draft)
    decide(site, project, draft, "import")
    assert ReferenceLabel.objects.filter(finding__slug="effusion").count() == 6


def test_a_name_is_left_out(site: Client, project: Project, folder: Path) -> None:
    table(folder, 6, "Efusion")
    draft = begin(site, project, folder)
    decide(site, project, draft, name=["Efusion"], means=[""])
    assert draft.mapping == {"Efusion": ""} and draft.survey["without_label"] == 6


def test_role_kind_and_unit_of_a_column_reach_the_options(site: Client, project: Project, folder: Path) -> None:
    path = table(folder, 6, "effusion")
    header, *rows = path.read_text().split()
    path.write_text("\n".join([f"{header},lvef,who", *(f"{row},{50 + n},S{n}" for n, row in enumerate(rows))]))
    draft = begin(site, project, folder)
    names = [column["name"] for column in draft_guess(draft)]
    lvef, who, patient = (names.index(name) for name in ("lvef", "who", "patient_id"))
    fields = {f"role-{lvef}": "label", f"kind-{lvef}": "measurement", f"unit-{lvef}": "%"}
    decide(site, project, draft, **fields, **{f"role-{who}": "patient", f"role-{patient}": ""}, add_findings="on")
    assert draft.options["label_columns"] == ["effusion", "lvef"]
    assert draft.options["kinds"] == {"lvef": "measurement"} and draft.options["units"] == {"lvef": "%"}
    assert draft.options["patient_column"] == "who" and draft.add_findings
    assert "a number (%)" in page_of(site, project, draft)
    decide(site, project, draft, "import")
    finding = project.findings.get(slug="lvef")
    assert (finding.kind, finding.unit) == ("measurement", "%")


def test_what_is_not_to_be_read_stays_unread(site: Client, project: Project, folder: Path) -> None:
    table(folder, 6, "effusion")
    draft = begin(site, project, folder)
    names = [column["name"] for column in draft_guess(draft)]
    decide(site, project, draft, **{f"role-{names.index(name)}": "" for name in ("patient_id", "effusion")})
    assert "patient_column" not in draft.options and "label_columns" not in draft.options
    assert (draft.survey["without_patient"], draft.survey["without_label"]) == (6, 6)


def draft_guess(draft: DatasetDraft) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = DatasetDraft.objects.get(pk=draft.pk).guess["columns"]
    return columns


def test_what_was_changed_is_looked_through_before_it_is_imported(site: Client, project: Project, folder: Path) -> None:
    table(folder, 6, "effusion")
    draft = begin(site, project, folder)
    decide(site, project, draft, "import", declaration="Biopsy.")
    assert draft.state == DatasetDraft.State.READY and draft.declaration == "Biopsy."
    assert "Something was changed" in page_of(site, project, draft)
    assert decide(site, project, draft, "import").state == DatasetDraft.State.DONE


def test_no_patient_is_named_on_any_page(site: Client, project: Project, folder: Path) -> None:
    path = table(folder, 6, "effusion")
    header, *rows = path.read_text().split()
    path.write_text("\n".join([f"{header},mrn,who", *(f"{row},{7000 + n},Ann {n}" for n, row in enumerate(rows))]))
    draft = begin(site, project, folder)
    pages = page_of(site, project, draft)
    decide(site, project, draft, "import")
    pages += site.get(address("data-set", project, draft.dataset)).content.decode()
    pages += site.get(address("data-sets", project)).content.decode()
    assert not [name for name in ("P0", "P5", "7003", "Ann 3") if f">{name}" in pages or f" {name}" in pages]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"layout": "folders"}, "Choose a zip, or a folder"),
        ({"layout": "nonsense", "folder": "/x"}, "Select a valid choice"),
        ({"layout": "folders", "folder": "/etc"}, "no such folder among those"),
        ({"layout": "folders", "zip": SimpleUploadedFile("pack.zip", b"nothing")}, "no zip that can be read"),
    ],
)
def test_what_is_wrong_is_said_and_begins_nothing(
    site: Client, project: Project, sent: dict[str, Any], why: str
) -> None:
    answer = site.post(address("data-sets", project), sent)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not DatasetDraft.objects.exists()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"kind-2": "nonsense"}, "There is no kind nonsense"),
        ({"name": ["a\0"], "means": ["effusion"]}, "the character NUL"),
        ({"role-2": "label", "unit-2": "\0m"}, "the character NUL"),
    ],
)
def test_a_decision_that_cannot_be_kept_is_said(
    site: Client, project: Project, folder: Path, sent: dict[str, Any], why: str
) -> None:
    table(folder, 6, "effusion")
    draft = begin(site, project, folder)
    before = draft_guess(draft)
    decide(site, project, draft, **sent)
    assert why in page_of(site, project, draft)
    assert draft.mapping == {} and "kinds" not in draft.options and draft_guess(draft) == before


def test_a_reason_loses_what_no_database_keeps(site: Client, project: Project) -> None:
    dataset = make_data_set(project)
    page = site.post(address("data-set", project, dataset), {"reason": "Wrong\0 key."}, follow=True)
    assert "Wrong key." in page.content.decode()


def test_a_draft_that_failed_says_why_and_may_be_given_up(site: Client, project: Project, engineer: User) -> None:
    draft = make_draft(project, engineer)
    DatasetDraft.objects.filter(pk=draft.pk).update(reason="There is no table in it.")
    assert "There is no table in it." in page_of(site, project, draft)
    answer = site.post(address("data-set-draft", project, draft), {"act": "remove"}, follow=True)
    assert "Nothing of it was stored." in answer.content.decode() and not DatasetDraft.objects.exists()


def test_refused_rows_stand_with_their_reasons(site: Client, project: Project) -> None:
    dataset = make_data_set(project)
    DatasetRow.objects.create(dataset=dataset, number=9, file="<b>.png", reason="No <i>picture</i>.")
    page = site.get(address("data-set", project, dataset)).content.decode()
    assert "There is no file b.png." in page and "&lt;b&gt;.png" in page and "<i>picture" not in page


def test_labels_are_withdrawn_with_a_reason(site: Client, project: Project) -> None:
    dataset = make_data_set(project)
    there = address("data-set", project, dataset)
    assert "Say why" in site.post(there, {"reason": " "}, follow=True).content.decode()
    page = site.post(there, {"reason": "The key was wrong."}, follow=True).content.decode()
    assert "The key was wrong." in page and "its labels no longer count" in page and 'name="reason"' not in page
    run_all(queues=("io",))
    assert not ReferenceLabel.objects.exists()
    assert "withdrawn" in site.get(address("data-sets", project)).content.decode()


def test_an_import_without_labels_has_nothing_to_withdraw(site: Client, project: Project) -> None:
    bare = DatasetImport.objects.create(project=project, name="bare", sha256="2" * 64)
    assert 'name="reason"' not in site.get(address("data-set", project, bare)).content.decode()


def test_what_is_another_projects_is_not_there(site: Client, project: Project, engineer: User) -> None:
    other = make_project()
    for name, row in (
        ("data-set", make_data_set(other)),
        ("data-set-draft", make_draft(other, engineer)),
        ("data-set-draft-live", make_draft(other, engineer)),
    ):
        assert site.get(address(name, project, row)).status_code == 404


@pytest.mark.parametrize("who", ["reader", "adjudicator"])
def test_whoever_only_reads_imports_nothing(
    client: Client, project: Project, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(address("data-sets", project)).status_code == 403
    assert client.get(address("data-set", project, make_data_set(project))).status_code == 403


def test_images_of_two_patients_that_look_the_same_stand_on_the_page(
    site: Client, project: Project, folder: Path
) -> None:
    path = table(folder, 2)
    (folder / "1.png").write_bytes((folder / "0.png").read_bytes())
    draft = begin(site, project, path.parent)
    page = page_of(site, project, draft)
    assert "Pairs in different patients: 1." in page and "<li>0.png, 1.png</li>" in page


def test_near_duplicates_among_many_images_are_looked_for_where_it_is_asked(
    site: Client, project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.services.surveying.UNASKED_IMAGES", 1)
    draft = begin(site, project, table(folder, 2).parent)
    assert "Near duplicates were not looked for." in page_of(site, project, draft)
    draft = decide(site, project, draft, near_duplicates="on")
    assert draft.options["near_duplicates"] is True
    assert "No two patients have images that look the same." in page_of(site, project, draft)
