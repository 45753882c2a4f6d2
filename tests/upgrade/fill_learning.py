"""What came from tables, and what training left, in the older build's project."""

from __future__ import annotations

from django.utils import timezone

from labeling.models import Selection, StrategyFailure
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests import factories
from tests.api.rooms import patient_in
from training.models import DatasetImport, DatasetRow, Epoch, Rehearsal, Run
from training.services import run_request


def make_imports(project: Project, reference: list[Image]) -> None:
    """Labels of a table, among them what a run can learn from; and the table's rows, one of them refused."""
    source = label_import_open(
        project=project, name="radiology-2019.csv", sha256="1" * 64, declaration="Two radiologists, by consensus."
    )
    learnt = [
        factories.make_image(project, patient=patient_in(split), content=factories.picture(40 + place, (20, 24)))
        for place, split in enumerate(("train", "train", "validation", "calibration"))
    ]
    said = [
        (image, {"effusion": "present" if place % 2 else "absent", "nodule": "absent", "grade": "I", "age": "100"})
        for place, image in enumerate([*learnt, *reference])
    ]
    labels_import(source=source, labels=said)
    dataset = DatasetImport.objects.create(project=project, sha256="2" * 64, name="radiology-2019.csv", labels=source)
    DatasetRow.objects.create(dataset=dataset, number=2, image=learnt[0])
    DatasetRow.objects.create(dataset=dataset, number=3, reason="The file is missing.")
    run_all(queues=("io",))


def make_run(project: Project, engineer: User) -> None:
    """One run that failed after two epochs, one that is cancelled, and a rehearsal's curve."""
    run = run_request(project=project, trigger="rest", requested_by=engineer, why="A first try.")
    for number in (1, 2):
        Epoch.objects.create(
            run=run, number=number, train_loss=0.7 / number, validation_loss=0.8 / number, seconds=1.5 * number
        )
    Job.objects.filter(kind="training.run").update(state="dead", error="The machine was switched off.", attempts=3)
    Run.objects.filter(pk=run.pk).update(
        state="failed", error="The machine was switched off.", progress={"epoch": 2, "epochs": 30}
    )
    Rehearsal.objects.create(project=project, parameters={"rounds": 2}, curve=[{"labels": 40, "auroc": 0.71}])


def make_selections(project: Project) -> None:
    factories.make_worth(project)
    factories.make_worth(project, "not_shown", labels=520, seed=2)
    StrategyFailure.objects.create(
        project=project, strategy="skactiveml.pool.Nothing", reason="There is no such class.", since=timezone.now()
    )
    assert Selection.objects.filter(project=project).exists()
