"""Who reads what and why, what they answered, and what the project holds to be true."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from inference.models import Pipeline, Prediction
from overread.archive.models import Image
from overread.projects.models import Finding, Project, Role


class Purpose(models.TextChoices):
    """Why an image is offered. All but exploit and single are always read blind first."""

    EXPLOIT = "exploit", "chosen by the strategy"
    AUDIT = "audit", "random audit"
    RELABEL = "relabel", "second look at a suspect label"
    GOLD = "gold", "known answer"
    REPEAT = "repeat", "read again by the same reader"
    REFERENCE = "reference", "reference set"
    ADJUDICATE = "adjudicate", "adjudication"
    SINGLE = "single", "opened by a reader"


class Priority(models.IntegerChoices):
    """What goes first in the queue, before any rank. Lowest first."""

    SENT = 0, "sent by a colleague"
    SUSPECTED = 1, "suspected urgent"
    ORDINARY = 2


class Sent(models.TextChoices):
    """What a colleague asks for with an assignment they sent."""

    ESCALATION = "escalation", _("escalated")
    OPINION = "opinion", _("second opinion")


ALWAYS_BLIND = {
    *(Purpose.AUDIT, Purpose.RELABEL, Purpose.GOLD, Purpose.REPEAT),
    *(Purpose.REFERENCE, Purpose.ADJUDICATE),
}
CONTROLS = (Purpose.AUDIT, Purpose.GOLD, Purpose.REPEAT)
"""Cases that measure: readers are told that much and not which of them a case is."""
MEASURING = (Purpose.GOLD, Purpose.REPEAT)
"""Their reads measure the reader: they enter no label, and so no training."""


class Selection(models.Model):
    """One batch that was queued: strategy, seed, and what was known when it was drawn. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="selections")
    strategy = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, null=True, related_name="+")
    candidates = models.PositiveIntegerField()
    shares = models.JSONField(help_text="What part of the batch each arm was to have.")
    drawn = models.JSONField(default=dict, help_text="How many cases each arm came to.")
    minutes = models.FloatField(null=True, help_text="Expected active reading time of the batch.")
    typical_minutes = models.FloatField(null=True, help_text="Of any case of the project, whatever a model says of it.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"selection {self.pk}"


SKIP_REASON = 600
"""Characters: one of the reasons that the page offers, and 500 in the reader's own words."""


class Assignment(models.Model):
    """One image offered to one reader for one purpose, with a lease. `version` grows with every change of hands."""

    class State(models.TextChoices):
        QUEUED = "queued"
        CLAIMED = "claimed"
        REVEALED = "revealed", "first read stored, model revealed"
        DONE = "done"
        SKIPPED = "skipped"
        WITHDRAWN = "withdrawn"
        DEFERRED = "deferred", "put aside by its reader, and theirs until the lease ends"
        ESCALATED = "escalated", "sent on to another role, as an assignment of its own"

    HELD = (State.CLAIMED, State.REVEALED)
    RESERVED = (*HELD, State.DEFERRED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="assignments")
    image = models.ForeignKey(Image, models.PROTECT, related_name="assignments")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    slot = models.PositiveSmallIntegerField(
        default=0, help_text="Which of several readings of the image for this purpose."
    )
    selection = models.ForeignKey(Selection, models.PROTECT, null=True, related_name="assignments")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="assignments")
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    version = models.PositiveIntegerField(default=0)
    blind = models.BooleanField()
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.ORDINARY)
    rank = models.FloatField(help_text="Order in the queue within its priority, lowest first.")
    suspected = models.CharField(
        max_length=200, blank=True, help_text="Urgent findings above threshold; empty where that must order nothing."
    )
    strategy = models.CharField(max_length=120, blank=True)
    score = models.FloatField(null=True)
    probability = models.FloatField(null=True, help_text="Of being drawn, where it was drawn at random.")
    reason = models.CharField(max_length=200, blank=True)
    skip_reason = models.CharField(max_length=SKIP_REASON, blank=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text="When its reader last had it in view.")
    finished_at = models.DateTimeField(null=True)
    amending = models.CharField(
        max_length=500,
        blank=True,
        help_text="Why its reader has opened a stored answer again; goes into the next read.",
    )
    for_role = models.CharField(max_length=14, choices=Role.choices, blank=True, help_text="Empty: for any reader.")
    for_reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who alone may take it: of a repeat, whose read it repeats.",
    )
    sent_as = models.CharField(max_length=10, choices=Sent.choices, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="sent")
    sent_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "state", "priority", "rank", "created_at", "id"], name="assignment_queue_order"
            ),
            models.Index(fields=["reader", "state"]),
            models.Index(fields=["image", "project"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "image", "purpose", "slot"], name="assignment_slot_once"),
            models.UniqueConstraint(
                fields=["project", "image", "reader"],
                condition=Q(state__in=["claimed", "revealed", "deferred"]),
                name="assignment_held_once_per_reader",
            ),
            models.CheckConstraint(
                condition=Q(state="queued", reader=None) | ~Q(state="queued"), name="assignment_queued_has_no_reader"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "revealed", "deferred"])
                | Q(reader__isnull=False, lease_until__isnull=False),
                name="assignment_held_has_reader_and_lease",
            ),
            models.CheckConstraint(
                condition=Q(blind=True) | Q(purpose__in=["exploit", "single"]), name="assignment_blind_where_it_must"
            ),
            models.CheckConstraint(
                condition=Q(sent_as="", sent_by=None, sent_from=None)
                | Q(sent_as__in=["escalation", "opinion"], sent_by__isnull=False, sent_from__isnull=False),
                name="assignment_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(purpose="repeat", for_reader__isnull=False)
                | (~Q(purpose="repeat") & Q(for_reader__isnull=True)),
                name="assignment_repeat_is_for_its_reader",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class Holding(models.Model):
    """A reader was given an assignment: the right to answer it, even late. Never changed."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="holdings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["assignment", "reader"])]

    def __str__(self) -> str:
        return f"{self.reader_id} held {self.assignment_id}"


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
            models.UniqueConstraint(fields=["reader", "key"], name="read_key_once"),
            models.CheckConstraint(condition=Q(confidence__in=["", *Confidence.values]), name="read_confidence_known"),
        ]

    def __str__(self) -> str:
        return f"read {self.pk}"


class ExposureKind(models.TextChoices):
    NONE = "none"
    SHOWN = "shown"


class Answer(models.Model):
    """What a read says of one finding. `value`: absent, uncertain, present, an option, a number, or not_assessable."""

    read = models.ForeignKey(Read, models.PROTECT, related_name="answers")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="answers")
    value = models.CharField(max_length=80)
    exposure = models.CharField(max_length=5, choices=ExposureKind.choices)
    origin = models.CharField(max_length=11, choices=[("read", "read"), ("adjudicated", "adjudicated")], default="read")
    bulk = models.BooleanField(default=False, help_text="Given by 'mark the rest absent'.")

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
        constraints = [models.UniqueConstraint(fields=["project", "sha256", "declaration"], name="label_import_once")]

    def __str__(self) -> str:
        return self.name


class ImportedLabel(models.Model):
    """What an imported table says of one image and finding. Never changed."""

    source = models.ForeignKey(LabelImport, models.PROTECT, related_name="labels")
    image = models.ForeignKey(Image, models.PROTECT, related_name="imported_labels")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    value = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "image", "finding"], name="imported_label_once")]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.value}"


class ReferenceLabel(models.Model):
    """What the project now holds to be true of an image and finding, and by which method it was derived.

    Two may stand side by side: one from unexposed answers alone, given before their reader saw anybody else's (the only
    kind the gate and the audit arm use), one from each reader's last word, seen with the model or the others' answers.
    `value`: binary 0, 0.5 (uncertain) or 1; categorical the
    option's index; measurement the number; None where it is disputed or not assessable.
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


class WorthReport(models.Model):
    """Whether selection has been worth it in a project so far: its strategy beside random order. Never changed.

    `result`: labeling.selection.worth.verdict.Worth as JSON. `labels`: labelled images outside the reference set when it
    was made. `fell_back`: it put the project back to random order, as the project's policy had it.
    """

    class Verdict(models.TextChoices):
        BETTER = "better", _("better than random order")
        NOT_SHOWN = "not_shown", _("not shown to be better than random order")
        WORSE = "worse", _("worse than random order")
        TOO_FEW = "too_few", _("too few labels to say")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="worth_reports")
    strategy = models.CharField(max_length=120)
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    result = models.JSONField()
    labels = models.PositiveIntegerField()
    inputs_sha256 = models.CharField(max_length=64, help_text="Of everything it was made from.")
    seed = models.BigIntegerField()
    fell_back = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at"], name="worth_newest")]
        constraints = [
            models.UniqueConstraint(fields=["project", "inputs_sha256", "seed"], name="worth_report_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["better", "not_shown", "worse", "too_few"]), name="worth_verdict_known"
            ),
            models.CheckConstraint(condition=Q(fell_back=False) | Q(verdict="worse"), name="worth_falls_back_if_worse"),
        ]

    def __str__(self) -> str:
        return f"worth {self.pk}"
