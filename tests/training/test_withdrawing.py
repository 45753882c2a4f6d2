"""Withdrawing an import: its labels go, what others say comes back or stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from labeling.models import ImportedLabel, LabelImport, LabelWithdrawal, ReferenceLabel
from labeling.services import label_import_open, label_import_withdraw, labels_import
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_image, make_read
from tests.training.pictures import table
from training.models import DatasetImport

pytestmark = pytest.mark.django_db


def imported(project: Project, image: Image, value: str, digit: str, *, exposed: bool = False) -> LabelImport:
    source = label_import_open(
        project=project, name=f"table {digit}", sha256=digit * 64, declaration="Made for a test.", exposed=exposed
    )
    labels_import(source=source, labels=[(image, {"effusion": value})])
    return source


def withdraw(source: LabelImport, actor: User | None = None) -> None:
    label_import_withdraw(source=source, actor=actor, reason="The key was wrong.")
    run_all(queues=("io",))


def labels(image: Image) -> dict[str, float | None]:
    """Exposure → the value of effusion."""
    found = ReferenceLabel.objects.filter(image=image, finding__slug="effusion")
    return dict(found.values_list("exposure", "value"))


def test_its_labels_go_and_what_it_said_stays_on_record(project: Project, engineer: User) -> None:
    image = make_image(project)
    source = imported(project, image, "present", "1")
    assert labels(image) == {"none": 1.0}
    withdraw(source, engineer)
    assert labels(image) == {} and ImportedLabel.objects.filter(source=source).count() == 1
    withdrawal = LabelWithdrawal.objects.get()
    assert (withdrawal.withdrawn_by, withdrawal.reason) == (engineer, "The key was wrong.")


def test_it_is_in_the_audit_log(project: Project, engineer: User) -> None:
    source = imported(project, make_image(project), "present", "1")
    withdraw(source, engineer)
    event = Event.objects.get(verb="labels.withdraw")
    assert (event.actor_id, event.target_id) == (engineer.pk, str(source.pk))


def test_what_an_earlier_import_says_comes_back(project: Project) -> None:
    image = make_image(project)
    imported(project, image, "absent", "1")
    later = imported(project, image, "present", "2")
    assert labels(image) == {"none": 1.0}
    withdraw(later)
    assert labels(image) == {"none": 0.0}


def test_what_a_later_import_says_stays(project: Project) -> None:
    image = make_image(project)
    earlier = imported(project, image, "absent", "1")
    imported(project, image, "present", "2")
    withdraw(earlier)
    assert labels(image) == {"none": 1.0}


def test_only_labels_of_its_own_exposure_go(project: Project) -> None:
    image = make_image(project)
    imported(project, image, "absent", "1")
    withdraw(imported(project, image, "present", "2", exposed=True))
    assert labels(image) == {"none": 0.0}


def test_a_read_stays(project: Project, reader: User) -> None:
    image = make_image(project)
    queue_fill(project=project)
    make_read(project, reader, "absent")
    source = imported(project, image, "present", "1")
    before = labels(image)
    withdraw(source)
    (label,) = ReferenceLabel.objects.filter(image=image, finding__slug="effusion")
    assert before == labels(image) == {"none": 0.0} and label.origin == "read" and label.readers == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(project: Project, reason: str) -> None:
    source = imported(project, make_image(project), "present", "1")
    with pytest.raises(ValidationError, match="Say why"):
        label_import_withdraw(source=source, actor=None, reason=reason)
    assert not LabelWithdrawal.objects.exists()


def test_it_is_withdrawn_once(project: Project) -> None:
    source = imported(project, make_image(project), "present", "1")
    withdraw(source)
    with pytest.raises(ValidationError, match="withdrawn before"):
        label_import_withdraw(source=source, actor=None, reason="Again.")
    assert Event.objects.filter(verb="labels.withdraw").count() == 1


def test_the_same_table_may_be_imported_again(tmp_path: Path) -> None:
    path = table(tmp_path, 4)
    options = {"image_column": "file", "patient_column": "patient_id", "label_column": ["nodule"]}
    call_command("import_dataset", "table", csv=path, project="pack", declaration="Biopsy.", **options)
    first = DatasetImport.objects.get()
    assert first.labels is not None
    withdraw(first.labels)
    assert not ReferenceLabel.objects.exists()
    call_command("import_dataset", "table", csv=path, project="pack", declaration="Biopsy.", **options)
    assert DatasetImport.objects.count() == 2 and ReferenceLabel.objects.count() == 4 and Image.objects.count() == 4
    assert first.labels_id not in ImportedLabel.objects.filter(source__withdrawal=None).values_list("source", flat=True)


def test_a_withdrawn_import_contradicts_nobody(tmp_path: Path) -> None:
    path = table(tmp_path, 4)
    options = {"image_column": "file", "patient_column": "patient_id", "label_column": ["nodule"]}
    call_command("import_dataset", "table", csv=path, project="pack", **options)
    header, *rows = path.read_text().split()
    path.write_text("\n".join([header, *(row[:-1] + str(1 - int(row[-1])) for row in rows)]))
    with pytest.raises(CommandError, match="4 refused"):
        call_command("import_dataset", "table", csv=path, project="pack", **options)
    withdraw(LabelImport.objects.earliest("created_at"))
    call_command("import_dataset", "table", csv=path, project="pack", **options)
    values = ReferenceLabel.objects.values_list("value", flat=True)
    assert len(values) == 4 and sum(values) == sum(1 - int(row[-1]) for row in rows)
