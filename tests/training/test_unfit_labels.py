"""Labels that an earlier build stored and that no network can learn from are left out, counted and told; far ones are told."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from labeling.models import ReferenceLabel
from labeling.queries.labels import evaluation_labels, training_labels
from labeling.services import label_import_open, labels_import
from overread.archive.models import Image
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from tests.api.rooms import at, patient_in, url
from tests.factories import make_image, make_member, make_project
from tests.training.pictures import RECIPE
from training.models import Run, Snapshot, SnapshotItem
from training.services import NothingToLearn, run_request, snapshot_create

SIZE = {"slug": "size", "name": "Size", "kind": "measurement", "unit": "mm"}
PLACES = ["train"] * 8 + ["validation"] * 2 + ["calibration"] * 2


@pytest.fixture
def measured(db: None) -> Project:
    """Twelve images with a size of 10 to 21 mm."""
    project = make_project(findings=(SIZE,))
    Project.objects.filter(pk=project.pk).update(recipe=RECIPE | {"epochs": 1}, auto_fill=False)
    source = label_import_open(project=project, name="sizes", sha256="0" * 64, declaration="Made for a test.")
    labels = [(make_image(project, patient=patient_in(split)), {"size": str(10 + n)}) for n, split in enumerate(PLACES)]
    labels_import(source=source, labels=labels)
    project.refresh_from_db()
    return project


def store(project: Project, value: str, images: list[Image]) -> None:
    """Labels as an earlier build derived them, unchecked."""
    for image in images:
        ReferenceLabel.objects.filter(project=project, image=image).update(value=float(value))


def of_split(split: str) -> list[Image]:
    snapshot = Snapshot.objects.order_by("number").first()
    assert snapshot is not None
    return [item.image for item in snapshot.items.filter(split=split).select_related("image").order_by("pk")]


def test_one_number_beyond_single_precision_kills_no_run(measured: Project, client: Client) -> None:
    snapshot_create(project=measured)
    store(measured, "1e308", [of_split("train")[0], of_split("calibration")[0]])
    run = run_request(project=measured, trigger="button")
    assert run.snapshot.images == 10 and run.snapshot.counts["left_out"] == {"size": 2}
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error
    client.force_login(make_member(measured, Role.ML_ENGINEER))
    page = client.get(reverse("run", args=[measured.slug, run.number])).content.decode()
    assert "2 labels of Size were left out: their numbers do not fit the finding." in page


def test_a_run_that_an_earlier_build_asked_for_fails_once_and_says_why(measured: Project) -> None:
    run = run_request(project=measured, trigger="button")
    snapshot = Snapshot.objects.create(
        project=measured, number=9, sha256="9" * 64, findings=run.snapshot.findings, images=12, patients=12, labels=12,
        counts=run.snapshot.counts,
    )  # fmt: skip
    for item in run.snapshot.items.all():
        SnapshotItem.objects.create(
            snapshot=snapshot, image=item.image, split=item.split, labels={"size": 1e308}, weights=item.weights
        )
    Run.objects.filter(pk=run.pk).update(snapshot=snapshot)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FAILED and "size: 12 of 12 labels are not finite" in run.error
    assert Job.objects.get(kind="training.run").attempts == 1


def test_limits_leave_out_what_lies_beyond(measured: Project) -> None:
    measured.findings.update(minimum=12, maximum=100)
    snapshot = snapshot_create(project=measured)
    assert snapshot.counts["left_out"] == {"size": 2} and snapshot.labels == 10


def test_values_far_outside_the_others_train_and_are_told(measured: Project, client: Client, capsys: Any) -> None:
    snapshot_create(project=measured)
    store(measured, "-9999", of_split("train")[:3])
    engineer = make_member(measured, Role.ML_ENGINEER)
    told = io.StringIO()
    call_command("train", project=measured.slug, stdout=told)
    assert "size: labels far outside the others, trained on all the same: -9999 (3)" in told.getvalue()
    snapshot = Snapshot.objects.order_by("-number")[0]
    assert snapshot.images == 12
    answer = at(engineer).get(url("snapshot", measured, snapshot.number)).json()
    assert answer["counts"]["outliers"] == {"size": {"-9999": 3}}
    client.force_login(engineer)
    page = client.get(reverse("project-training", args=[measured.slug])).content.decode()
    assert "3 labels of Size lie far outside the others: −9999 (3)." in page


def test_a_snapshot_without_anything_to_note_keeps_its_hash_and_one_with_is_another(measured: Project) -> None:
    first = snapshot_create(project=measured)
    assert first.counts["left_out"] == {} and first.counts["outliers"] == {}
    store(measured, "1e308", of_split("train")[:1])
    second = snapshot_create(project=measured)
    assert second.sha256 != first.sha256 and snapshot_create(project=measured) == second


def test_nothing_to_learn_is_said_by_finding_when_the_run_is_asked_for(measured: Project) -> None:
    snapshot_create(project=measured)
    store(measured, "12", of_split("train"))
    with pytest.raises(NothingToLearn, match="Size: every label among the training images is 12 mm"):
        run_request(project=measured, trigger="button")
    store(measured, "1e308", of_split("train"))
    with pytest.raises(NothingToLearn, match=r"Size: no label among the training images \(8 left out"):
        run_request(project=measured, trigger="button")
    assert not Run.objects.exists()


def test_nobody_learns_or_judges_by_it(measured: Project) -> None:
    reference = make_image(measured, reference=True)
    source = label_import_open(project=measured, name="more", sha256="1" * 64, declaration="Made.", independent=True)
    labels_import(source=source, labels=[(reference, {"size": "11"})])
    assert evaluation_labels(measured)[reference.pk] == {"size": 11.0}
    store(measured, "1e308", [reference])
    assert evaluation_labels(measured) == {}
    image = Image.objects.exclude(pk=reference.pk)[0]
    store(measured, "1e308", [image])
    label = training_labels(measured)[image.pk]["size"]
    assert (label.value, label.fits) == (None, False)


def test_a_measurement_is_told_with_error_and_count_and_a_missing_interval(measured: Project) -> None:
    source = label_import_open(project=measured, name="more", sha256="1" * 64, declaration="Made.", independent=True)
    held_out = [(make_image(measured, reference=True), {"size": str(size)}) for size in (12, 16, 20)]
    labels_import(source=source, labels=held_out)
    told = io.StringIO()
    call_command("train", project=measured.slug, stdout=told, json=True)
    assert re.search(r"size +n 3  mean_absolute_error \d", told.getvalue())
    assert "no interval (2 calibration cases)" in told.getvalue()
    last = json.loads(told.getvalue().splitlines()[-1])
    assert last["basis"]["size"]["cases"] == 2
