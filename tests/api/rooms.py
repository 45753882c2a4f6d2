"""Somebody at the API, and projects with enough in them to be asked about."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from rest_framework.test import APIClient

from inference.models import Pipeline
from labeling.models import Assignment
from labeling.services import assignment_claim, label_import_open, labels_import
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive import dicom
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project
from tests import factories
from training.engine.dataset import split_by_patient
from training.models import DatasetDraft, DatasetImport, DatasetRow, Verdict
from training.services.snapshots import SPLIT_SEED, SPLITS


def at(user: User | None = None) -> APIClient:
    """A client in this user's session, or in nobody's."""
    client = APIClient()
    if user:
        client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    """The address of a route; projects stand for their slug, other rows for their key."""
    words = [arg.slug if isinstance(arg, Project) else getattr(arg, "pk", arg) for arg in args]
    return reverse(f"api:{name}", args=words)


def patient_in(split: str) -> str:
    """The identifier of a new patient outside the reference set, whose images go to this split."""
    key = settings.PSEUDONYM_KEY.encode()
    while True:
        name = uuid4().hex
        pseudonym = dicom.pseudonym(issuer="", patient_id=name, key=key)
        if not factories.in_reference(name) and SPLITS[split_by_patient([pseudonym], SPLIT_SEED)[0]] == split:
            return name


def make_labelled(project: Project) -> list[Image]:
    """Four labelled images: two to train on that differ, and one for each other split."""
    source = label_import_open(project=project, name="table", sha256="0" * 64, declaration="Made for a test.")
    images = [
        factories.make_image(project, patient=patient_in(split))
        for split in ("train", "train", "validation", "calibration")
    ]
    said = [
        (image, {"effusion": "present" if place % 2 else "absent", "nodule": "absent"})
        for place, image in enumerate(images)
    ]
    labels_import(source=source, labels=said)
    return images


def make_blind(project: Project, reader: User) -> Assignment:
    """A case the reader holds and is to read blind, in a project whose model has scored it."""
    Project.objects.filter(pk=project.pk).update(blind_first=BlindFirst.ALWAYS)
    project.refresh_from_db()
    factories.make_image(project)
    factories.make_champion(project)
    return held(project, reader)


def held(project: Project, reader: User) -> Assignment:
    """The next case of the queue, in this reader's hands."""
    queue_fill(project=project)
    assignment = assignment_claim(project=project, reader=reader)
    assert assignment is not None
    return assignment


def make_data_set(project: Project) -> DatasetImport:
    """An import with one row that was taken and one that was refused, and with labels."""
    image = factories.make_image(project)
    source = label_import_open(project=project, name="pack.csv", sha256="1" * 64, declaration="Made for a test.")
    labels_import(source=source, labels=[(image, {"effusion": "present"})])
    dataset = DatasetImport.objects.create(project=project, name="pack.csv", sha256="1" * 64, labels=source)
    DatasetRow.objects.create(dataset=dataset, number=2, file="a.png", image=image)
    DatasetRow.objects.create(dataset=dataset, number=3, file="b.png", reason="There is no file b.png.")
    return dataset


def make_draft(project: Project, actor: User) -> DatasetDraft:
    """An import that is being prepared from a folder that is not there, looked through in vain."""
    fields = {"name": "pack", "layout": "folders", "folder": "/nowhere", "state": DatasetDraft.State.FAILED}
    return DatasetDraft.objects.create(project=project, created_by=actor, **fields)


def make_verdict(project: Project, challenger: Pipeline, *, passed: bool = True) -> Verdict:
    """A verdict on a first model."""
    return Verdict.objects.create(
        project=project,
        challenger=challenger,
        passed=passed,
        report={"passed": passed, "sentence": "", "checks": [], "figures": [], "images": 0, "patients": 0},
        reference_sha256="0" * 64,
        images=0,
    )


def submission(project: Project, value: Any = "absent", **members: Any) -> dict[str, Any]:
    """The body of a read that gives every finding the same answer."""
    slugs = project.findings.values_list("slug", flat=True)
    return {"key": str(uuid4()), "answers": dict.fromkeys(slugs, value), **members}
