"""Reading programmes: their findings, their members, and the policies they run by."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from overread.projects.label_mapping import label_mapping_check
from overread.projects.policies import policies_check
from overread.projects.snippets import snippets_check


class Role(models.TextChoices):
    READER = "reader", _("Reader")
    ANNOTATOR = "annotator", _("Annotator")
    ADJUDICATOR = "adjudicator", _("Adjudicator")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    ADMINISTRATOR = "administrator", _("Administrator")


class BlindFirst(models.TextChoices):
    """When a reader answers before seeing the model. Reference, audit, second-look and control cases are always read so."""

    OFF = "off", _("Off")
    ALWAYS = "always", _("Always")
    SHARE = "share", _("a random share")


def share(**options: Any) -> models.FloatField[float, float]:
    return models.FloatField(validators=[MinValueValidator(0.0), MaxValueValidator(1.0)], **options)


class Project(models.Model):
    """One reading programme: a modality, its findings, its protocol, its policies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=120)
    modality = models.CharField(max_length=60, help_text="What is read: chest radiograph, dermoscopy, hand radiograph.")
    description = models.TextField(blank=True)
    intended_use = models.TextField(blank=True)
    not_for = models.TextField(blank=True)
    # reading protocol
    blind_first = models.CharField(max_length=10, choices=BlindFirst.choices, default=BlindFirst.OFF)
    blind_share = share(default=0.2)
    ask_contradictions = models.BooleanField(
        default=True,
        help_text="Whether a reader whose blind answer the model strongly contradicts is asked to keep or change it.",
    )
    reference_readers = models.PositiveSmallIntegerField(
        default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    snippets = models.JSONField(
        default=list,
        blank=True,
        validators=[snippets_check],
        help_text="Ready-made sentences that readers may put into a comment.",
    )
    # queue
    strategy = models.CharField(max_length=120, default="uherding")
    batch_size = models.PositiveIntegerField(default=40, validators=[MinValueValidator(1)])
    auto_fill = models.BooleanField(default=True, help_text="Draw a new batch by itself when the queue runs low.")
    audit_share = share(default=0.15, help_text="Share of every batch drawn uniformly at random.")
    relabel_share = share(default=0.0, help_text="Share of second looks at labels that the other labels contradict.")
    gold_share = share(default=0.0, help_text="Share of cases of known answer, hidden among the others.")
    repeat_share = share(default=0.0, help_text="Share of cases that their own reader reads again.")
    washout_days = models.PositiveSmallIntegerField(
        default=28, validators=[MinValueValidator(1)], help_text="Days before a reader is given an own case again."
    )
    by_minutes = models.BooleanField(
        default=False, help_text="Whether the strategy's picks go by gain per expected reading minute."
    )
    patient_cap = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    urgent_orders_blind = models.BooleanField(
        default=False, help_text="Whether a suspected urgent finding moves a case that is read blind."
    )
    fall_back_to_random = models.BooleanField(
        default=False, help_text="Put the queue in random order when the strategy is shown to be worse than that."
    )
    # data sets
    label_mapping = models.JSONField(
        default=dict, blank=True, help_text="Name in a data set → slug of the finding that it means; empty: left out."
    )
    # learning
    recipe = models.JSONField(
        default=dict, blank=True, help_text="Fields of the training recipe that differ from its defaults."
    )
    retrain_labels = models.PositiveIntegerField(
        default=0, help_text="Train when so many new labels have come; 0: never."
    )
    retrain_hours = models.PositiveIntegerField(default=0, help_text="Train when so many hours have passed; 0: never.")
    gate_policy = models.JSONField(
        default=dict, blank=True, help_text="Fields of the gate policy that differ from its defaults."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(blind_first__in=BlindFirst.values), name="project_blind_first_known"),
            models.CheckConstraint(
                condition=Q(audit_share__gte=0, audit_share__lte=1), name="project_audit_share_range"
            ),
            models.CheckConstraint(
                condition=Q(relabel_share__gte=0, gold_share__gte=0, repeat_share__gte=0)
                & Q(audit_share__lte=1 + 1e-9 - F("relabel_share") - F("gold_share") - F("repeat_share")),
                name="project_shares_within_whole",
                violation_error_message=_("Audit, second looks, known answers and repeats are at most 1 together."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        policies_check(self)
        if not self.label_mapping:
            return
        try:
            label_mapping_check(self.label_mapping, set(self.findings.values_list("slug", flat=True)))
        except ValidationError as refusal:
            raise ValidationError({"label_mapping": refusal.messages}) from refusal


class Finding(models.Model):
    """One question asked of every image."""

    class Kind(models.TextChoices):
        BINARY = "binary", _("Binary")
        CATEGORICAL = "categorical", _("Categorical")
        MEASUREMENT = "measurement", _("Measurement")

    project = models.ForeignKey(Project, models.CASCADE, related_name="findings")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BINARY)
    options = models.JSONField(default=list, blank=True, help_text="The options of a categorical finding.")
    unit = models.CharField(max_length=20, blank=True)
    minimum = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    urgent = models.BooleanField(default=False, help_text="A case suspected of it goes first in the queue.")
    quota = share(default=0.0, help_text="Share of the strategy's picks that are about it at least.")
    added_at = models.DateTimeField(
        null=True, blank=True, help_text="When it joined a project that was being read; empty for those from the start."
    )

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="finding_slug_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=["binary", "categorical", "measurement"]), name="finding_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="categorical") | Q(options=[]), name="finding_options_only_if_categorical"
            ),
            models.CheckConstraint(condition=Q(urgent=False) | Q(kind="binary"), name="finding_urgent_only_if_binary"),
            models.CheckConstraint(
                condition=Q(quota=0) | Q(quota__gt=0, quota__lte=1, kind__in=["binary", "categorical"]),
                name="finding_quota_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role of one user in one project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user", "role"], name="membership_unique"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display()} of {self.project}"
