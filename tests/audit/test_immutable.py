"""What is never rewritten, kept by the database itself."""

from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from inference.models import Overrule, StageReport
from labeling.models import Assignment
from labeling.services import (
    MeasurementDrawn,
    RegionDrawn,
    answers_seen_record,
    label_import_open,
    label_import_withdraw,
    read_submit,
)
from labeling.services.imports import ImageLabels, ImportedBox, image_labels_import
from overread.archive.models import Image, Patient, Study
from overread.audit.services import events_seal
from overread.projects.models import Project
from overread.triggers import Immutable
from tests.api.world import World
from tests.factories import answers, make_gate, make_image, make_worth
from training.models import Snapshot, SnapshotItem

PROMISED = {
    "archive": {"image", "patient", "study"},
    "audit": {"event", "seal"},
    "inference": {
        "embeddingshard",
        "exposure",
        "modelversion",
        "overrule",
        "prediction",
        "promotion",
        "stagereport",
    },
    "labeling": {
        "answer",
        "answersseen",
        "holding",
        "importedlabel",
        "importedmask",
        "importedregion",
        "labelimport",
        "labelwithdrawal",
        "measurement",
        "read",
        "region",
        "selection",
        "worthreport",
    },
    "training": {"snapshot", "snapshotitem", "verdict"},
}
TABLES = {f"{app}_{name}" for app, names in PROMISED.items() for name in names}


def guarded() -> Iterator[tuple[str, str]]:
    """Every (table, column) that a migration makes immutable."""
    for migration in MigrationLoader(None).disk_migrations.values():
        for operation in migration.operations:
            if isinstance(operation, Immutable):
                for column in operation.columns or columns(operation.table):
                    yield operation.table, column


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def execute(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.fixture
def world(db: None) -> World:
    """A row in every table."""
    world = World()
    case = world.project.assignments.filter(reads=None, state="claimed").select_related("project", "image", "reader")[0]
    box = RegionDrawn("nodule", "box", ((1, 2), (10, 20)))
    length = MeasurementDrawn("length", ((1, 2), (10, 20)))
    given = answers(world.project, "present", regions=(box,), measurements=(length,))
    read_submit(assignment=case, reader=case.reader, answers=given, key=case.pk)
    answers_seen_record(user=case.reader, images=[case.image_id])
    make_worth(world.project)
    _withdrawn_import(case)
    _overruled(case)
    events_seal()
    return world


def _withdrawn_import(case: Assignment) -> None:
    """An import with a box and a mask whose labels were withdrawn."""
    source = label_import_open(project=case.project, name="boxes", sha256="3" * 64, declaration="Made for a test.")
    box = ImportedBox("nodule", "box", [[1, 2], [10, 20]])
    said = ImageLabels(case.image, values={}, regions=(box,), masks={"lungs": "0" * 64})
    image_labels_import(source=source, labels=[said])
    label_import_withdraw(source=source, actor=None, reason="Made for a test.")


def _overruled(case: Assignment) -> None:
    """A report by which a gate refuses an image, and the decision to predict it all the same."""
    gate = make_gate(case.project)
    reasons = [{"code": "blurred"}]
    StageReport.objects.create(version=gate, image=case.image, verdict="abstain", reasons=reasons)
    Overrule.objects.create(project=case.project, image=case.image, by=case.reader, reason="Made for a test.")


@pytest.mark.django_db
def test_the_promised_tables_are_guarded() -> None:
    assert {table for table, _ in guarded()} == TABLES


def test_no_row_of_them_can_be_changed(world: World) -> None:
    changed = []
    for table, column in guarded():
        with pytest.raises(IntegrityError, match="immutable"):
            changed.append((table, column, execute(f"UPDATE {table} SET {column} = {column}")))
    assert not changed


@pytest.mark.postgresql  # on SQLite keys, not triggers, stand against deleting
def test_no_row_of_them_can_be_deleted(world: World) -> None:
    for table in TABLES:
        with pytest.raises(IntegrityError, match="immutable"):
            execute(f"DELETE FROM {table}")


@pytest.mark.postgresql  # on SQLite keys, not triggers, stand against deleting
def test_erasing_a_patient_may_delete_and_nothing_else(world: World) -> None:
    execute("SET LOCAL overread.erasing = 'on'")
    assert execute("DELETE FROM inference_exposure") > 0
    with pytest.raises(IntegrityError, match="immutable"):
        execute("UPDATE inference_prediction SET outputs = outputs")


@pytest.mark.django_db
def test_an_image_of_the_reference_set_is_refused_by_a_snapshot(project: Project) -> None:
    snapshot = Snapshot.objects.create(
        project=project, number=1, sha256="0" * 64, findings=[], images=1, patients=1, labels=0, counts={}
    )
    item = {"snapshot": snapshot, "split": "train", "labels": {}, "weights": {}}
    SnapshotItem.objects.create(image=make_image(project), **item)
    with pytest.raises(IntegrityError, match="reference set"), transaction.atomic():
        SnapshotItem.objects.bulk_create([SnapshotItem(image=make_image(project, reference=True), **item)])
    assert SnapshotItem.objects.count() == 1


@pytest.mark.parametrize("reference", [True, False])
def test_who_is_in_the_reference_set_stays(project: Project, reference: bool) -> None:
    patient = make_image(project, reference=reference).patient
    for change in ({"reference": not reference}, {"draw": 0.5}, {"pseudonym": "somebody else"}):
        with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
            Patient.objects.filter(pk=patient.pk).update(**change)


def test_an_image_cannot_be_moved_to_another_patient(project: Project) -> None:
    inside, outside = make_image(project, reference=True), make_image(project)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Study.objects.filter(pk=inside.study_id).update(patient=outside.study.patient)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Image.objects.filter(pk=inside.pk).update(study=outside.study)
