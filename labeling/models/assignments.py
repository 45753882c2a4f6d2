"""Who reads what."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from labeling.models.purposes import Priority, Purpose, Sent
from labeling.models.selections import Selection
from overread.archive.models import Image
from overread.projects.models import Project, Role

# Characters: one of the reasons that the page offers, and 500 in the reader's own words.
SKIP_REASON = 600


class Assignment(models.Model):
    """One image offered to one reader for one purpose, with a lease. `version` grows whenever it changes hands."""

    class State(models.TextChoices):
        QUEUED = "queued"
        CLAIMED = "claimed"
        REVEALED = "revealed", "first read stored, model revealed"
        DONE = "done"
        SKIPPED = "skipped"
        WITHDRAWN = "withdrawn"
        DEFERRED = "deferred", "put aside by its reader, and theirs until the lease ends"
        ESCALATED = "escalated", "sent on to another role, as an assignment of its own"

    # In a reader's hands now; and together with what they have put aside, which nobody else is given either.
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
            # The columns of order.ORDER, so that a claim reads the queue's first rows and sorts nothing.
            models.Index(
                fields=["project", "state", "priority", "rank", "created_at", "id"], name="assignment_queue_order"
            ),
            models.Index(fields=["reader", "state"]),
            models.Index(fields=["image", "project"]),
        ]
        constraints = [
            # Two fills at once cannot queue one image twice for the same purpose.
            models.UniqueConstraint(fields=["project", "image", "purpose", "slot"], name="assignment_slot_once"),
            # Nobody reads an image twice at once, in two slots or for two purposes.
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
            # Whatever else goes wrong, what measures the model is never read with the model in view.
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
    """That a reader was given an assignment, and so may answer it, even late. Never changed."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="holdings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["assignment", "reader"])]

    def __str__(self) -> str:
        return f"{self.reader_id} held {self.assignment_id}"
