"""Preparing an import: where it lies, what it would do, what is decided, and what becomes of its zip."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from labeling.models import ImportedLabel, ReferenceLabel
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.running import Lease, ShutdownRequested, run_all
from overread.jobs.services import LeaseLost, job_cancel, job_claim, job_fail, job_release
from overread.projects.models import Project
from tests.factories import picture
from tests.training.pictures import table
from training.jobs import draft_jobs
from training.models import DatasetDraft, DatasetImport, DatasetRow
from training.services.data_set_files import unpacked
from training.services.draft_work import draft_carry_out, draft_look
from training.services.drafts import (
    draft_change,
    draft_import,
    draft_make,
    draft_remove,
    drafts_forget,
)

State = DatasetDraft.State
NOT_ALLOWED = "no such folder among those that the operator allows"


@pytest.fixture
def allowed(tmp_path: Path, settings: Any) -> Path:
    """A folder that the operator allows."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    settings.DATASET_FOLDERS = [str(folder)]
    return folder


def zipped(files: Mapping[str | zipfile.ZipInfo, bytes], name: str = "pack.zip") -> ContentFile[bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return ContentFile(out.getvalue(), name)


def classes(count: int = 4, positive: str = "effusion") -> dict[str | zipfile.ZipInfo, bytes]:
    """Class folders of so many pictures, half of them with a finding of the project."""
    names = [f"{'normal' if place % 2 else positive}/{place}.png" for place in range(count)]
    return {name: picture(place) for place, name in enumerate(names)}


def made(project: Project, actor: User, layout: str = "folders", **source: Any) -> DatasetDraft:
    """A draft that has been looked through."""
    draft = draft_make(project=project, actor=actor, layout=layout, **source)
    return worked(draft)


def worked(draft: DatasetDraft) -> DatasetDraft:
    run_all(queues=("io",))
    draft.refresh_from_db()
    return draft


def refused(project: Project, actor: User, **source: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        draft_make(project=project, actor=actor, **({"layout": "folders"} | source))
    assert not DatasetDraft.objects.exists()
    return " ".join(raised.value.messages)


def test_a_zip_is_looked_through_imported_and_deleted(
    project: Project, engineer: User, django_capture_on_commit_callbacks: Any
) -> None:
    draft = made(project, engineer, upload=zipped(classes()))
    assert (draft.state, draft.reason, draft.name) == (State.READY, "", "pack.zip")
    assert draft.survey["accepted"] == 4 and draft.survey["answers"] == {"effusion": {"present": 2, "absent": 2}}
    assert not Image.objects.exists() and default_storage.exists(upload := draft.upload)
    draft_import(draft=draft, actor=engineer)
    with django_capture_on_commit_callbacks(execute=True):
        worked(draft)
    assert (draft.state, draft.reason, draft.upload) == (State.DONE, "", "") and not default_storage.exists(upload)
    assert draft.dataset is not None and draft.dataset.name == "pack.zip"
    assert ReferenceLabel.objects.count() == 4 and DatasetRow.objects.filter(reason="").count() == 4
    verbs = Event.objects.filter(verb__startswith="dataset").order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["dataset.draft", "dataset.begin", "dataset.import"]


def test_a_folder_is_one_that_the_operator_allows(project: Project, engineer: User, allowed: Path) -> None:
    (allowed / "pack").mkdir()
    table(allowed / "pack", 6, "effusion")
    draft = made(project, engineer, layout="table", folder=str(allowed / "pack"))
    assert draft.state == State.READY and draft.survey["accepted"] == 6 and draft.survey["to_decide"] == []
    assert draft.options["label_columns"] == ["effusion"] and draft.options["patient_column"] == "patient_id"
    worked(draft_import(draft=draft, actor=engineer))
    assert draft_state(draft) == State.DONE and (allowed / "pack" / "labels.csv").exists()


def draft_state(draft: DatasetDraft) -> str:
    return DatasetDraft.objects.get(pk=draft.pk).state


def test_other_folders_are_told_in_the_same_words_whether_they_are_there_or_not(
    project: Project, engineer: User, allowed: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (allowed / "link").symlink_to(outside)
    names = [
        outside,
        allowed / "link",
        allowed / ".." / "outside",
        tmp_path / "nothing",
        allowed / "nothing",
        "\0",
        ".",
    ]
    told = {refused(project, engineer, folder=str(name)) for name in names}
    assert len(told) == 1 and NOT_ALLOWED in told.pop()


def test_a_folder_that_is_no_longer_allowed_is_not_read(
    project: Project, engineer: User, allowed: Path, settings: Any
) -> None:
    table(allowed, 6, "effusion")
    draft = draft_make(project=project, actor=engineer, layout="table", folder=str(allowed))
    settings.DATASET_FOLDERS = []
    assert worked(draft).state == State.FAILED and NOT_ALLOWED in draft.reason and draft.survey is None


def test_a_link_in_a_folder_leads_nowhere(project: Project, engineer: User, allowed: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(picture())
    path = table(allowed, 4, "effusion")
    (allowed / "link.png").symlink_to(tmp_path / "secret.png")
    path.write_text(path.read_text() + "link.png,P8,1\n../secret.png,P9,1\n")
    draft = made(project, engineer, layout="table", folder=str(allowed))
    assert draft.survey["accepted"] == 4 and draft.survey["missing_count"] == 2


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ({}, "Choose a zip, or a folder"),
        ({"folder": "/data", "upload": zipped({})}, "Choose a zip, or a folder"),
        ({"layout": "nonsense", "upload": zipped({})}, "Choose a layout"),
        ({"upload": ContentFile(b"no zip", "pack.zip")}, "no zip that can be read"),
        ({"upload": zipped({"a/1": b"\0" * 128 + b"DICM"})}, "holds DICOM files"),
        ({"upload": zipped({"a/1.DCM": b"no preamble"})}, "holds DICOM files"),
    ],
)
def test_what_cannot_be_begun_is_said_and_stores_nothing(
    project: Project, engineer: User, source: dict[str, Any], why: str
) -> None:
    kept = stored_zips()
    assert why in refused(project, engineer, **source)
    assert stored_zips() == kept


def stored_zips() -> set[str]:
    return set(default_storage.listdir("datasets")[1]) if default_storage.exists("datasets") else set()


def test_no_name_in_a_zip_leads_out_of_its_folder() -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    names = ["../out.png", "/out.png", "a/../../out.png", "..\\out.png", "a\\..\\..\\out.png"]
    files = dict.fromkeys(names, b"out") | {link: b"/etc/hostname", "a/in.png": b"in"}
    name = default_storage.save(f"datasets/{uuid4()}.zip", zipped(files))
    with unpacked(name) as folder:
        found = [path for path in folder.parent.rglob("*") if not path.is_dir()]
        assert [path.relative_to(folder).as_posix() for path in found] == ["a/in.png"]
        outside = folder.parent.parent
        assert not (outside / "out.png").exists() and not Path("/out.png").exists()
    assert not folder.parent.exists()


def test_a_zip_that_holds_more_than_there_is_room_for_is_refused(
    project: Project, engineer: User, settings: Any
) -> None:
    settings.DATASET_ZIP_BYTES = 1000
    draft = made(project, engineer, upload=zipped({"effusion/1.png": bytes(2000)}))
    assert draft.state == State.FAILED and "more than there is room for" in draft.reason


def test_what_is_to_be_decided_is_decided_before_it_is_imported(
    project: Project, engineer: User, allowed: Path
) -> None:
    table(allowed, 6, "Efusion")
    draft = made(project, engineer, layout="table", folder=str(allowed))
    assert "'Efusion' (the nearest is 'Effusion')" in draft.survey["to_decide"][0]
    with pytest.raises(ValidationError, match="no finding of the project"):
        draft_import(draft=draft, actor=engineer)
    worked(draft_change(draft=draft, actor=engineer, mapping={"Efusion": "effusion"}))
    draft.refresh_from_db()
    assert draft.survey["to_decide"] == []
    worked(draft_import(draft=draft, actor=engineer))
    assert ReferenceLabel.objects.filter(finding__slug="effusion").count() == 6
    assert DatasetImport.objects.get().options["mapping"] == {"Efusion": "effusion"}


def test_names_that_are_no_finding_become_findings_on_record(project: Project, engineer: User, allowed: Path) -> None:
    table(allowed, 6, "mass")
    draft = made(project, engineer, layout="table", folder=str(allowed))
    worked(draft_change(draft=draft, actor=engineer, add_findings=True))
    assert not project.findings.filter(slug="mass").exists()
    draft.refresh_from_db()
    worked(draft_import(draft=draft, actor=engineer))
    assert ReferenceLabel.objects.filter(finding=project.findings.get(slug="mass")).count() == 6
    assert Event.objects.get(verb="finding.add", actor=engineer).detail["finding"] == "mass"


def test_a_finding_that_can_be_none_is_told_before_it_is_imported(
    project: Project, engineer: User, allowed: Path
) -> None:
    path = table(allowed, 4, "effusion")
    header, *rows = path.read_text().split()
    path.write_text("\n".join([f"{header},diagnosis", *(f"{row},melanoma" for row in rows)]))
    draft = made(project, engineer, layout="table", folder=str(allowed))
    draft = worked(draft_change(draft=draft, actor=engineer, add_findings=True))
    assert "Diagnosis: a categorical finding needs two different options" in draft.survey["to_decide"][0]
    options = {**draft.options, "kinds": {"diagnosis": "names"}}
    draft = worked(draft_change(draft=draft, actor=engineer, options=options))
    assert draft.survey["to_decide"] == []
    assert worked(draft_import(draft=draft, actor=engineer)).state == State.DONE
    assert project.findings.get(slug="melanoma").kind == "binary"


def test_a_declaration_comes_with_its_labels(project: Project, engineer: User) -> None:
    draft = made(project, engineer, upload=zipped(classes()))
    worked(draft_change(draft=draft, actor=engineer, declaration="Biopsy.", independent=True))
    draft.refresh_from_db()
    worked(draft_import(draft=draft, actor=engineer))
    labels = DatasetImport.objects.get().labels
    assert labels is not None and (labels.declaration, labels.independent) == ("Biopsy.", True)
    assert ReferenceLabel.objects.filter(independent=True).count() == 4


def test_a_worker_that_is_stopped_goes_on_where_it_was(
    project: Project, engineer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.services.importing.BATCH", 2)
    draft = made(project, engineer, upload=zipped(classes(6)))
    job = import_job(draft_import(draft=draft, actor=engineer))
    claimed = job_claim(pk=job.pk, worker="one")
    assert claimed is not None
    draft.refresh_from_db()
    with pytest.raises(ShutdownRequested):
        draft_carry_out(draft=draft, lease=Stopping(claimed))
    done = Image.objects.count()
    assert 0 < done < 6
    job_release(pk=claimed.pk, token=claimed.token)
    assert worked(draft).state == State.DONE
    assert Image.objects.count() == DatasetRow.objects.count() == ImportedLabel.objects.count() == 6
    assert DatasetImport.objects.get().counts["known"] == done


class Stopping(Lease):
    """Of a worker that is asked to end once four images were looked at."""

    def progress(self, **progress: Any) -> None:
        super().progress(**progress)
        if progress["images"] >= 4:
            raise ShutdownRequested


def import_job(draft: DatasetDraft) -> Job:
    return draft_jobs(draft).filter(kind="training.import").latest("created_at")


def test_a_cancelled_import_is_looked_at_again_and_nothing_comes_twice(project: Project, engineer: User) -> None:
    draft = made(project, engineer, upload=zipped(classes(4)))
    job_cancel(job=import_job(draft_import(draft=draft, actor=engineer)), actor=engineer)
    draft.refresh_from_db()
    assert draft.state == State.FAILED and "The work on it failed" in draft.reason
    for _ in range(2):
        worked(draft_change(draft=draft, actor=engineer))
        draft.refresh_from_db()
    worked(draft_import(draft=draft, actor=engineer))
    assert Image.objects.count() == DatasetRow.objects.count() == ImportedLabel.objects.count() == 4


def test_the_same_zip_twice_is_one_import(project: Project, engineer: User) -> None:
    for _ in range(2):
        draft = made(project, engineer, upload=zipped(classes(4)))
        worked(draft_import(draft=draft, actor=engineer))
    assert DatasetImport.objects.count() == 1 and ImportedLabel.objects.count() == 4
    assert Event.objects.filter(verb="dataset.import").count() == 1


def test_a_job_that_dies_leaves_the_draft_failed(project: Project, engineer: User) -> None:
    draft = draft_make(project=project, actor=engineer, layout="folders", upload=zipped(classes()))
    job = job_claim(pk=draft_jobs(draft).get().pk, worker="one")
    assert job is not None
    job_fail(pk=job.pk, token=job.token, error="The disk is full.", final=True)
    draft.refresh_from_db()
    assert draft.state == State.FAILED and draft.reason == "The work on it failed: The disk is full."


def test_nothing_is_changed_while_it_is_worked_on(project: Project, engineer: User) -> None:
    draft = draft_make(project=project, actor=engineer, layout="folders", upload=zipped(classes()))
    for act in (draft_change, draft_import):
        with pytest.raises(ValidationError, match="worked on|looked through first"):
            act(draft=draft, actor=engineer)
    worked(draft)
    draft_import(draft=draft, actor=engineer)
    with pytest.raises(ValidationError, match="It is being imported"):
        draft_remove(draft=draft, actor=engineer)


def test_what_is_given_up_while_it_is_looked_through_stays_gone(project: Project, engineer: User) -> None:
    draft = draft_make(project=project, actor=engineer, layout="folders", upload=zipped(classes()))
    waiting = draft_jobs(draft).get()
    job = job_claim(pk=waiting.pk, worker="one")
    assert job is not None
    draft_remove(draft=DatasetDraft.objects.get(pk=draft.pk), actor=engineer)
    with pytest.raises(LeaseLost):
        draft_look(draft=draft, lease=Lease(job))
    waiting.refresh_from_db()
    assert waiting.state == "cancelled" and not DatasetDraft.objects.exists()


def test_giving_it_up_deletes_its_zip(
    project: Project, engineer: User, django_capture_on_commit_callbacks: Any
) -> None:
    draft = made(project, engineer, upload=zipped(classes()))
    upload = draft.upload
    with django_capture_on_commit_callbacks(execute=True):
        draft_remove(draft=draft, actor=engineer)
    assert not default_storage.exists(upload) and not DatasetDraft.objects.exists()
    assert Event.objects.filter(verb="dataset.give_up", actor=engineer).exists()


def test_a_zip_that_nobody_goes_on_with_is_forgotten(
    project: Project, engineer: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    draft = made(project, engineer, upload=zipped(classes()))
    upload = draft.upload
    drafts_forget()
    assert default_storage.exists(upload)
    before = timezone.now() - timedelta(days=settings.DATASET_DAYS, minutes=1)
    DatasetDraft.objects.filter(pk=draft.pk).update(changed_at=before)
    with django_capture_on_commit_callbacks(execute=True):
        drafts_forget()
    draft.refresh_from_db()
    assert not default_storage.exists(upload) and draft.state == State.FAILED and "Nobody went on" in draft.reason
    with pytest.raises(ValidationError, match="no longer there"):
        draft_change(draft=draft, actor=engineer)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"delimiter": "ab"}, "One sign divides them"),
        ({"encoding": "nonsense"}, "no encoding 'nonsense'"),
        ({"table": "other.csv"}, "no 'other.csv'"),
        ({"table": "../secret.csv"}, "does not lie in the data set's folder"),
        ({"patient_pattern": "("}, "no regular expression"),
        ({"label_columns": ["nothing"]}, "no column 'nothing'"),
    ],
)
def test_how_it_cannot_be_read_is_said(
    project: Project, engineer: User, allowed: Path, options: dict[str, Any], why: str
) -> None:
    table(allowed, 4, "effusion")
    draft = made(project, engineer, layout="table", folder=str(allowed))
    worked(draft_change(draft=draft, actor=engineer, options={**draft.options, **options}))
    draft.refresh_from_db()
    assert why in draft.reason and draft.survey is None


def test_an_option_that_there_is_not_is_refused(project: Project, engineer: User) -> None:
    draft = made(project, engineer, upload=zipped(classes()))
    with pytest.raises(ValidationError, match="There is no option nonsense"):
        draft_change(draft=draft, actor=engineer, options={"nonsense": "1"})


def test_no_identifier_of_a_patient_is_kept_with_a_draft(project: Project, engineer: User, allowed: Path) -> None:
    path = table(allowed, 6, "effusion")
    header, *lines = path.read_text().split()
    named = [f"{line},{1000 + place},Name {place}" for place, line in enumerate(lines)]
    path.write_text("\n".join([f"{header},mrn,who", *named]))
    draft = made(project, engineer, layout="table", folder=str(allowed))
    assert draft.survey["accepted"] == 6
    kept = json.dumps([draft.guess, draft.survey, draft.options])
    assert not [name for name in ("P0", "P5", "1003", "Name 3") if name in kept]


def test_a_zip_of_too_many_files_is_refused_before_it_is_stored(
    project: Project, engineer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.services.data_set_files.MEMBERS", 1)
    with pytest.raises(ValidationError, match="more than 1 files"):
        draft_make(project=project, actor=engineer, layout="folders", upload=zipped(classes()))
    assert not DatasetDraft.objects.exists()
