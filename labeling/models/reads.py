"""What readers answered, and what they had seen."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inference.models import Prediction
from labeling.models.assignments import Assignment
from overread.archive.models import Image
from overread.projects.models import Finding, Project


class Confidence(models.TextChoices):
    """How sure a reader says they are of a read as a whole. Optional, and never filled in for them."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Read(models.Model):
    """One reader's immutable answer to one assignment. A correction is a new read that supersedes."""

    class Phase(models.TextChoices):
        BLIND = "blind", _("before the model was shown")
        OPEN = "open", _("with the model in view")
        REVEALED = "revealed", _("after a first read, with the model in view")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reads")
    project = models.ForeignKey(Project, models.PROTECT, related_name="reads")
    image = models.ForeignKey(Image, models.PROTECT, related_name="reads")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reads")
    key = models.UUIDField(help_text="Made by the client: repeating a call makes no second read.")
    phase = models.CharField(max_length=8, choices=Phase.choices)
    prediction = models.ForeignKey(
        Prediction, models.PROTECT, null=True, related_name="reads", help_text="What was in view."
    )
    # One to one: a read is superseded once, so that corrections form a chain and the last one is plain.
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    extra = models.BooleanField(default=False, help_text="Came after the lease had gone to somebody else.")
    comment = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it amends the read it supersedes, where that was asked.")
    confidence = models.CharField(
        max_length=6, blank=True, choices=Confidence.choices, help_text="Of the read as a whole, where it was given."
    )
    active_ms = models.PositiveIntegerField(default=0, help_text="Active reading time, not wall time.")
    level = models.CharField(
        max_length=4, blank=True, help_text="The resolution on screen: full, half, or nothing (REST)."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "image"]),
            models.Index(fields=["-created_at", "id"]),
            models.Index(fields=["reader", "-created_at"]),
        ]
        constraints = [
            # A browser that sends a read again after a lost answer makes no second read.
            models.UniqueConstraint(fields=["reader", "key"], name="read_key_once"),
            models.CheckConstraint(condition=Q(confidence__in=["", *Confidence.values]), name="read_confidence_known"),
        ]

    def __str__(self) -> str:
        return f"read {self.pk}"


class ExposureKind(models.TextChoices):
    NONE = "none"
    SHOWN = "shown"


class Contradiction(models.TextChoices):
    KEPT = "kept", _("kept")
    CHANGED = "changed", _("changed")


class Answer(models.Model):
    """What a read says of one finding. `value`: absent, uncertain, present, an option, a number, or not_assessable."""

    read = models.ForeignKey(Read, models.PROTECT, related_name="answers")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="answers")
    value = models.CharField(max_length=80)
    exposure = models.CharField(max_length=5, choices=ExposureKind.choices)
    origin = models.CharField(max_length=11, choices=[("read", "read"), ("adjudicated", "adjudicated")], default="read")
    bulk = models.BooleanField(default=False, help_text="Given by 'mark the rest absent'.")
    contradiction = models.CharField(
        max_length=7,
        blank=True,
        choices=Contradiction.choices,
        help_text="What became of an answer given blind that the model strongly contradicted.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["read", "finding"], name="answer_once_per_finding")]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.value}"


class AnswersSeen(models.Model):
    """When a user was first shown others' answers to an image. Written before the bytes leave; never changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    image = models.ForeignKey(Image, models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["image", "user"], name="answers_seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} saw the answers to {self.image_id}"


class Region(models.Model):
    """A box or polygon on the image, tied to a finding. `points`: [[x, y], …] in image pixels; a box has two corners."""

    read = models.ForeignKey(Read, models.PROTECT, related_name="regions")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=[("box", "box"), ("polygon", "polygon")])
    points = models.JSONField()
    frame = models.PositiveIntegerField(default=0, help_text="The frame it was drawn on, counted from 0.")

    def __str__(self) -> str:
        return f"{self.kind} of read {self.read_id}"


class Measurement(models.Model):
    """What a reader measured on the image, and the result as they saw it. `points`: [[x, y], …] in image pixels."""

    class Kind(models.TextChoices):
        LENGTH = "length", _("Length")
        ANGLE = "angle", _("Angle")
        ROI = "roi", _("Region of interest")
        PROBE = "probe", _("Value at a point")

    read = models.ForeignKey(Read, models.PROTECT, related_name="measurements")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    points = models.JSONField()
    frame = models.PositiveIntegerField(default=0, help_text="The frame it was drawn on, counted from 0.")
    result = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} of read {self.read_id}"


class FindingProposal(models.Model):
    """A finding that a reader saw and the project does not ask for. Kept whether or not the case is submitted."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="proposals")
    image = models.ForeignKey(Image, models.PROTECT, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=1000, blank=True, help_text="What was seen.")
    kind = models.CharField(max_length=12, choices=Finding.Kind.choices, default=Finding.Kind.BINARY)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="+", help_text="What became of it.")
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was declined.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "state"]), models.Index(fields=["-at", "id"])]
        constraints = [
            # Without case, or "Nodule" and "nodule" would be two proposals.
            models.UniqueConstraint(
                "project", "image", "reader", Lower("name"), name="proposal_once_per_image_and_reader"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None)
                | Q(state__in=["accepted", "declined"], decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
