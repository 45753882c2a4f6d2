"""Patients as pseudonyms, studies, images, and the pixels made from them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from overread.projects.models import Project


class Patient(models.Model):
    """A keyed pseudonym. `draw` in [0, 1) is fixed by a keyed hash of the pseudonym and decides who is in the reference
    set.

    `reference` holds for the whole deployment and for every image that arrives later: a patient in the reference set is
    never trained on, in any project.
    """

    pseudonym = models.CharField(max_length=32, unique=True)
    draw = models.FloatField()
    reference = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(draw__gte=0, draw__lt=1), name="patient_draw_range")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What people see: PX- and six characters of the pseudonym."""
        return f"PX-{self.pseudonym[:6].upper()}"


class Study(models.Model):
    uid = models.CharField(max_length=64, unique=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="studies")
    day = models.IntegerField(
        null=True, help_text="Days since the epoch, shifted by a secret offset that is fixed per patient."
    )

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.uid


class Image(models.Model):
    """One image, named by what it is: `sha256` of the de-identified original, so that the same file twice is one image."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        READY = "ready"
        QUARANTINED = "quarantined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, models.PROTECT, related_name="images")
    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=5, choices=[("dicom", "DICOM"), ("png", "PNG"), ("jpeg", "JPEG")])
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RECEIVED)
    reason = models.TextField(blank=True, help_text="Why it stands in quarantine.")
    instance_uid = models.CharField(max_length=64)
    modality = models.CharField(max_length=16, blank=True)
    intent = models.CharField(
        max_length=16, blank=True, help_text="FOR PRESENTATION, or FOR PROCESSING: a detector's raw data."
    )
    view = models.CharField(max_length=16, blank=True)
    laterality = models.CharField(max_length=16, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    orientation = models.CharField(
        max_length=8, blank=True, help_text="Where rows and columns lead to in the patient, such as L\\F."
    )
    sex = models.CharField(max_length=1, blank=True)
    age_years = models.FloatField(null=True)
    device = models.CharField(max_length=130, blank=True)
    indication = models.CharField(
        max_length=200,
        blank=True,
        help_text="Why it was asked for: the file's coded reason, or what the importer gives.",
    )
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    frames = models.PositiveIntegerField(default=1)
    bits_stored = models.PositiveSmallIntegerField()
    photometric = models.CharField(max_length=32)
    transfer_syntax = models.CharField(max_length=64, blank=True)
    pixel_spacing = models.JSONField(null=True, help_text="[row, column] in millimetres.")
    spacing_kind = models.CharField(
        max_length=20, default="unknown", help_text="Where that holds: patient, detector, corrected or unknown."
    )
    pixel_aspect = models.FloatField(default=1.0, help_text="Height of a pixel by its width.")
    burned_in = models.BooleanField(null=True, help_text="The file's own word on text burned into the pixels.")
    created_at = models.DateTimeField(auto_now_add=True)
    mismatch: str  # of its enrolment, in images that `images_in` has read

    class Meta:
        indexes = [models.Index(fields=["-created_at", "id"]), models.Index(fields=["status"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["received", "ready", "quarantined"]), name="image_status_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def patient(self) -> Patient:
        return self.study.patient

    @property
    def code(self) -> str:
        """The name of the case: the patient's, and three characters that tell the image from the patient's others."""
        return f"{self.patient.code}-{self.pk.hex[:3].upper()}"


class PackedFrame(models.Model):
    """What a browser and a model get of one frame: values after the modality LUT, gzip-compressed, content-addressed.

    Grey: little-endian uint16, value = stored · slope + intercept. Colour: RGB uint8. Polarity and window are applied
    once, at display.
    """

    full = models.CharField(max_length=64)
    half = models.CharField(max_length=64)
    channels = models.PositiveSmallIntegerField()
    bits = models.PositiveSmallIntegerField(help_text="How many bits of the stored numbers can be in use.")
    slope = models.FloatField()
    intercept = models.FloatField()
    padding = models.JSONField(null=True, help_text="[lowest, highest] stored number that is no measurement.")
    windows = models.JSONField(help_text="[{label, center, width, function}], in values after the modality LUT.")
    minimum = models.FloatField()
    maximum = models.FloatField()

    class Meta:
        abstract = True


class Rendering(PackedFrame):
    """The first frame of an image, and what holds of all its frames."""

    image = models.OneToOneField(Image, models.CASCADE, related_name="rendering")
    thumb = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    half_rows = models.PositiveIntegerField()
    half_columns = models.PositiveIntegerField()
    inverted = models.BooleanField(help_text="MONOCHROME1: low values are shown bright.")
    tones = models.JSONField(
        null=True,
        help_text="{dark, middle, bright}: [lowest, highest] of that part of the body, after the modality LUT.",
    )
    look = models.JSONField(null=True, help_text="{colour, contrast, detail, flat} of the image as displayed.")

    def __str__(self) -> str:
        return f"rendering of {self.image_id}"


class FrameRendering(PackedFrame):
    """A frame after the first, counted from 0, as Rendering has the first: the same size and polarity."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="frame_renderings")
    number = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["image", "number"], name="frame_once")]

    def __str__(self) -> str:
        return f"frame {self.number} of {self.image_id}"


class Enrolment(models.Model):
    """An image stands in a project. With a mismatch it plainly is not what the project reads: no model is asked of it, it
    is in no queue and trains nothing, until a member says that it belongs here.
    """

    class Mismatch(models.TextChoices):
        MODALITY = "modality", _("The file says that it comes from another kind of device.")
        SIZE = "size", _("It is too small or too narrow.")
        COLOUR = "colour", _("It is in colour, where grey images are read.")
        GREY = "grey", _("It is grey, where images in colour are read.")
        BLANK = "blank", _("It shows next to nothing.")
        DRAWN = "drawn", _("It looks drawn or taken from a screen: large areas are of one grey.")
        TEXTURE = "texture", _("Its texture is not that of a radiograph.")

    project = models.ForeignKey(Project, models.CASCADE, related_name="enrolments")
    image = models.ForeignKey(Image, models.CASCADE, related_name="enrolments")
    source = models.CharField(max_length=20, choices=[(name, name) for name in ("upload", "rest", "import")])
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    mismatch = models.CharField(max_length=10, blank=True, choices=Mismatch.choices)
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who said that it belongs here.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "image"], name="enrolment_unique")]

    def __str__(self) -> str:
        return f"{self.image_id} in {self.project_id}"
