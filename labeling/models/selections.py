"""Batches that were queued, and whether choosing them has been worth it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inference.models import Pipeline
from overread.projects.models import Project


class Selection(models.Model):
    """One batch that was queued: strategy, seed, and what was known when it was drawn. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="selections")
    strategy = models.CharField(max_length=120)
    seed = models.BigIntegerField()
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, null=True, related_name="+")
    candidates = models.PositiveIntegerField()
    size = models.PositiveIntegerField(null=True, help_text="How many cases it was to have; of old ones nobody knows.")
    shares = models.JSONField(help_text="What part of the batch each arm was to have.")
    drawn = models.JSONField(default=dict, help_text="How many cases each arm came to.")
    minutes = models.FloatField(null=True, help_text="Expected active reading time of the batch.")
    typical_minutes = models.FloatField(null=True, help_text="Of any case of the project, whatever a model says of it.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"selection {self.pk}"


class StrategyFailure(models.Model):
    """That a project's strategy fails, so that batches are drawn at random. Deleted once it works again.

    It does not count if the project has another strategy by now.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="strategy_failure")
    strategy = models.CharField(max_length=120)
    reason = models.TextField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"failure of {self.strategy}"


class WorthReport(models.Model):
    """Whether selection has been worth it in a project so far: its strategy against random order. Never changed.

    `result`: labeling.selection.worth.verdict.Worth as JSON. `labels`: how many images outside the reference set were
    labelled when it was made. `fell_back`: it switched the project to random order, by the project's policy.
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
            # A job that runs twice makes one report.
            models.UniqueConstraint(fields=["project", "inputs_sha256", "seed"], name="worth_report_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["better", "not_shown", "worse", "too_few"]), name="worth_verdict_known"
            ),
            models.CheckConstraint(condition=Q(fell_back=False) | Q(verdict="worse"), name="worth_falls_back_if_worse"),
        ]

    def __str__(self) -> str:
        return f"worth {self.pk}"
