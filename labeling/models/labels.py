"""What the project holds to be true, and what was imported."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from labeling.models.reads import ExposureKind
from overread.archive.models import Image
from overread.projects.models import Finding, Project


class LabelImport(models.Model):
    """Labels that came with a data set, and their importer's declaration of how they came to be. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="label_imports")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="Of the table.")
    declaration = models.TextField(help_text="How the labels came to be, in the importer's words.")
    exposure = models.CharField(max_length=5, choices=ExposureKind.choices, default=ExposureKind.NONE)
    independent = models.BooleanField(
        default=False, help_text="Declared an independent standard: usable in the reference set."
    )
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "sha256"])]

    def __str__(self) -> str:
        return self.name


class LabelWithdrawal(models.Model):
    """That the labels of an import no longer count. They stay, as what was once stated. Never changed."""

    source = models.OneToOneField(LabelImport, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=500)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"withdrawal of {self.source_id}"


class ImportedLabel(models.Model):
    """What an imported data set says of one image and finding. Never changed."""

    source = models.ForeignKey(LabelImport, models.PROTECT, related_name="labels")
    image = models.ForeignKey(Image, models.PROTECT, related_name="imported_labels")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    value = models.CharField(max_length=80)
    text = models.CharField(max_length=200, blank=True, help_text="What the source itself says, in its own words.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "image", "finding"], name="imported_label_once")]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.value}"


class ImportedRegion(models.Model):
    """A box or polygon of an imported data set, as in Region. Never changed."""

    source = models.ForeignKey(LabelImport, models.PROTECT, related_name="regions")
    image = models.ForeignKey(Image, models.PROTECT, related_name="imported_regions")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=[("box", "box"), ("polygon", "polygon")])
    points = models.JSONField()
    frame = models.PositiveIntegerField(default=0)
    reader = models.CharField(max_length=80, blank=True, help_text="Who drew it, as the source names them.")

    def __str__(self) -> str:
        return f"{self.kind} of {self.source_id}"


class ImportedMask(models.Model):
    """A mask of an imported data set, such as lung fields: a stored 8-bit PNG as large as its image, 0 outside and 255
    inside. Never changed.
    """

    source = models.ForeignKey(LabelImport, models.PROTECT, related_name="masks")
    image = models.ForeignKey(Image, models.PROTECT, related_name="imported_masks")
    structure = models.CharField(max_length=80, help_text="What it outlines: lungs, heart, lesion.")
    sha256 = models.CharField(max_length=64, help_text="Of the stored PNG.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "image", "structure"], name="imported_mask_once")]

    def __str__(self) -> str:
        return f"{self.structure} of {self.source_id}"


class ReferenceLabel(models.Model):
    """What the project now holds to be true of an image and finding, and by which method it was derived.

    There may be two. The unexposed one is made only of answers that were given before their reader saw the model or anybody
    else's answers; the gate and the audit arm use no other. The exposed one is made of each reader's last answer.
    `value`: 0, 0.5 (uncertain) or 1 for a binary finding, an option's index, or a measurement's number; None if it is disputed
    or not assessable.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="labels")
    image = models.ForeignKey(Image, models.PROTECT, related_name="labels")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="labels")
    exposure = models.CharField(max_length=5, choices=ExposureKind.choices)
    origin = models.CharField(max_length=11, choices=[(name, name) for name in ("read", "adjudicated", "imported")])
    method = models.CharField(max_length=40)
    value = models.FloatField(null=True)
    agreement = models.FloatField(null=True, help_text="Share of the readers who agree with it.")
    readers = models.PositiveSmallIntegerField(default=0)
    disputed = models.BooleanField(default=False)
    independent = models.BooleanField(default=False, help_text="Usable for evaluation.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "image", "finding", "exposure"], name="label_once")]
        indexes = [models.Index(fields=["project", "finding"]), models.Index(fields=["-updated_at", "id"])]

    def __str__(self) -> str:
        return f"label of {self.image_id}"
