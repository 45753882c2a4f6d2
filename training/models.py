"""Snapshots, runs, verdicts of the gate, imports and exports of data sets, rehearsals."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inference.models import ModelVersion, Pipeline
from overread.archive.models import Image
from overread.projects.models import Project


class Snapshot(models.Model):
    """An immutable, content-hashed list of (image, labels, weights, split) that a training run uses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    findings = models.JSONField(help_text="[{slug, name, kind, options, unit}], in the order of the model's outputs.")
    images = models.PositiveIntegerField()
    patients = models.PositiveIntegerField()
    labels = models.PositiveIntegerField()
    counts = models.JSONField(help_text="Finding slug → counts per value; split → images.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="snapshot_number_unique")]

    def __str__(self) -> str:
        return f"snapshot {self.number}"


class SnapshotItem(models.Model):
    """One image of a snapshot. The database refuses images of the reference set here, and any change afterwards."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="items")
    image = models.ForeignKey(Image, models.PROTECT, related_name="+")
    split = models.CharField(max_length=11, choices=[(name, name) for name in ("train", "validation", "calibration")])
    labels = models.JSONField(help_text="Finding slug → value; absent where unknown.")
    weights = models.JSONField(help_text="Finding slug → weight.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "image"], name="snapshot_image_once")]

    def __str__(self) -> str:
        return f"{self.image_id} in {self.snapshot_id}"


class Run(models.Model):
    """One training: recipe, snapshot, seed, progress, metrics, resulting model version."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    ACTIVE = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="runs")
    recipe = models.JSONField()
    trigger = models.CharField(
        max_length=20, choices=[(name, name) for name in ("button", "rest", "command", "labels", "schedule", "demo")]
    )
    why = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    progress = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    pipeline = models.OneToOneField(Pipeline, models.PROTECT, null=True, related_name="run")
    version = models.OneToOneField(ModelVersion, models.PROTECT, null=True, related_name="run")
    labels_seen = models.PositiveIntegerField(
        default=0, help_text="Answers the project held when the run was asked for."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "id"])]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="run_number_unique"),
            # The lock in run_request keeps to this as well. Here it also holds for code that forgets the lock.
            models.UniqueConstraint(
                fields=["project"], condition=Q(state__in=["queued", "running"]), name="run_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.number}"


class Epoch(models.Model):
    """One epoch of a run, for its curves. `seconds`: of training, from the run's start to the epoch's end."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="epochs")
    number = models.PositiveIntegerField()
    train_loss = models.FloatField()
    validation_loss = models.FloatField(null=True)
    validation_auroc = models.FloatField(null=True)
    seconds = models.FloatField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="epoch_once")]

    def __str__(self) -> str:
        return f"epoch {self.number} of {self.run_id}"


class Verdict(models.Model):
    """The gate's decision on a challenger. Never changed. Each look at the reference set is one of these."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="verdicts")
    challenger = models.ForeignKey(Pipeline, models.PROTECT, related_name="verdicts")
    champion = models.ForeignKey(Pipeline, models.PROTECT, null=True, related_name="+")
    passed = models.BooleanField()
    report = models.JSONField()
    reference_sha256 = models.CharField(max_length=64, help_text="Of the images and labels that were judged on.")
    images = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at", "id"])]

    def __str__(self) -> str:
        return f"verdict {self.pk}"


class DatasetImport(models.Model):
    """One data set that is imported. Images that are in are not taken in again, so that an import can resume."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="dataset_imports")
    sha256 = models.CharField(max_length=64, help_text="Of the data set's tables and the way they are read.")
    name = models.CharField(max_length=200)
    layout = models.CharField(max_length=20, default="table")
    options = models.JSONField(default=dict, help_text="How it is read: columns, separators, label mapping.")
    counts = models.JSONField(default=dict, help_text="What became of its images, once it has gone through.")
    labels = models.ForeignKey("labeling.LabelImport", models.PROTECT, null=True, related_name="+")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, help_text="When it last went through to its end.")

    class Meta:
        # The same tables read the same way are one import, which resumes.
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="dataset_import_once")]

    def __str__(self) -> str:
        return self.name


class DatasetRow(models.Model):
    """What became of one image of a data set, and of the rows about it."""

    dataset = models.ForeignKey(DatasetImport, models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField(
        help_text="The first line about it, the header being 1; in a data set without a table, its place."
    )
    lines = models.JSONField(default=list, help_text="All lines about it, where there are several.")
    file = models.CharField(max_length=500, blank=True, help_text="As the data set names it.")
    file_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file as it came.")
    split = models.CharField(max_length=10, blank=True, help_text="The data set's own: train, validation or test.")
    image = models.ForeignKey(Image, models.PROTECT, null=True, related_name="dataset_rows")
    reason = models.TextField(blank=True, help_text="Why it was refused.")

    class Meta:
        # An import that resumes updates the row that it refused before, by this constraint.
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="dataset_row_once")]

    def __str__(self) -> str:
        return f"row {self.number}"


class DatasetDraft(models.Model):
    """An import that somebody prepares on a page or by REST: looked through first, then decided, then carried out.

    The data set is a folder that the operator allows, or an uploaded zip, which is deleted once it is in or given up.
    """

    class State(models.TextChoices):
        LOOKING = "looking", _("Being looked through")
        READY = "ready", _("To be decided")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="dataset_drafts")
    name = models.CharField(max_length=200, help_text="Of the folder or the zip.")
    layout = models.CharField(max_length=20)
    folder = models.CharField(max_length=500, blank=True, help_text="A folder that the operator allows, or in one.")
    upload = models.CharField(max_length=200, blank=True, help_text="The name of the zip in the storage.")
    options = models.JSONField(default=dict, help_text="How it is read.")
    mapping = models.JSONField(default=dict, help_text="Name in the data set → finding; empty: left out.")
    declaration = models.TextField(blank=True)
    independent = models.BooleanField(default=False)
    exposed = models.BooleanField(default=False)
    replace = models.BooleanField(default=False, help_text="The newest counts where imports contradict.")
    add_findings = models.BooleanField(default=False, help_text="Names that are no finding become one.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKING)
    reason = models.TextField(blank=True, help_text="Why it failed.")
    guess = models.JSONField(null=True, help_text="What the table's columns probably are.")
    survey = models.JSONField(null=True, help_text="What an import would do.")
    round = models.PositiveIntegerField(default=0, help_text="How often it was looked through or imported.")
    dataset = models.ForeignKey(DatasetImport, models.PROTECT, null=True, related_name="drafts")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["looking", "ready", "importing", "done", "failed"]),
                name="dataset_draft_state_known",
            )
        ]

    def __str__(self) -> str:
        return self.name


SUFFIXES = {"coco": "coco.json", "yolo": "yolo.zip", "folders": "zip"}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "coco": "application/json",
    "yolo": "application/zip",
    "folders": "application/zip",
}


class Export(models.Model):
    """One file of labels, reads, scores or regions that somebody asked for, until it expires."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        WRITING = "writing", _("Being written")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Deleted")

    ACTIVE = (State.QUEUED, State.WRITING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=10, help_text="What is in it: labels, reads, scores or regions.")
    format = models.CharField(max_length=10)
    filters = models.JSONField(default=dict, help_text="Filter → its values, as in the data room.")
    for_reader = models.BooleanField(
        default=False, help_text="Made for somebody who reads: without images they are still to read blind."
    )
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    rows = models.PositiveBigIntegerField(default=0, help_text="So far, while it is being written.")
    bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file.")
    reason = models.TextField(blank=True, help_text="Why it failed.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "writing", "ready", "failed", "expired"]), name="export_state_known"
            )
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def storage_name(self) -> str:
        return f"exports/{self.pk}/file"

    @property
    def file_name(self) -> str:
        """What a download is called."""
        return f"{self.project.slug}-{self.kind}.{SUFFIXES.get(self.format, self.format)}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES.get(self.format, "application/octet-stream")

    @property
    def parts_folder(self) -> str:
        return f"exports/{self.pk}/parts"


class Rehearsal(models.Model):
    """A learning curve of simulated readers, made through the product's own services."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="rehearsals")
    parameters = models.JSONField()
    curve = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"rehearsal {self.pk}"
