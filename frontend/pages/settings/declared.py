"""The form fields of a recipe and of a gate policy: one for each of their values, filled with what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from frontend.architectures import ArchitectureField
from overread.projects.models import Project
from training.engine.evaluation.policy import GatePolicy
from training.engine.policies import POLICIES
from training.engine.recipe import Recipe

KINDS: dict[str, type] = {"recipe": Recipe, "gate_policy": GatePolicy}
LEGENDS = {
    "recipe": gettext_lazy("How a model is trained"),
    "gate_policy": gettext_lazy("What a model must show before it is promoted"),
}
LABELS = {
    "recipe": {
        "architecture": gettext_lazy("Network"),
        "size": gettext_lazy("Image side, pixels"),
        "channels": gettext_lazy("Channels: 1 for grey, 3 for colour"),
        "fit": gettext_lazy("How an image is fitted into the square"),
        "epochs": gettext_lazy("Epochs"),
        "batch": gettext_lazy("Images a batch"),
        "learning_rate": gettext_lazy("Learning rate"),
        "weight_decay": gettext_lazy("Weight decay"),
        "schedule": gettext_lazy("Schedule of the learning rate"),
        "loss": gettext_lazy("Loss"),
        "dropout": gettext_lazy("Dropout"),
        "augmentation": gettext_lazy("Augmentation"),
        "seed": gettext_lazy("Seed"),
        "patience": gettext_lazy("Epochs without a better one before it stops (0: never)"),
        "time_limit_s": gettext_lazy("Time limit, seconds of training (0: none)"),
        "sensitivity": gettext_lazy("Sensitivity that thresholds reach (0: Youden's index, or one of the next two)"),
        "specificity": gettext_lazy("Specificity that thresholds reach (0: not by it)"),
        "miss_cost": gettext_lazy("False alarms that a missed finding is worth, for thresholds (0: not by cost)"),
        "prevalence": gettext_lazy("Share of images with a finding, for thresholds by cost (0: as in the labels)"),
        "coverage": gettext_lazy("Share of cases whose truth an interval or a set holds"),
        "threads": gettext_lazy("Threads (0: as many as there are)"),
        "initial": gettext_lazy("Initial weights: empty, starter, bundle, published:NAME or file:PATH"),
        "initial_sha256": gettext_lazy("SHA-256 of initial weights"),
    },
    "gate_policy": {
        "primary": gettext_lazy("Primary endpoint, on macro AUROC"),
        "primary_margin": gettext_lazy("Largest drop of macro AUROC"),
        "finding_margin": gettext_lazy("Largest drop of a finding's AUROC"),
        "precision_margin": gettext_lazy("Largest drop of average precision"),
        "subgroup_margin": gettext_lazy("Largest drop in a subgroup"),
        "calibration_limit": gettext_lazy("Largest calibration error"),
        "abstention_limit": gettext_lazy("Largest share of images with a finding left without a prediction"),
        "minimum_macro": gettext_lazy("Least macro AUROC of a first model"),
        "minimum_finding": gettext_lazy("Least AUROC of each finding of a first model"),
        "minimum_positives": gettext_lazy("Patients with a finding before it is judged"),
        "minimum_negatives": gettext_lazy("Patients without it before it is judged"),
        "too_few_blocks": gettext_lazy("Too few patients block the promotion"),
        "confidence": gettext_lazy("Confidence of the intervals"),
        "resamples": gettext_lazy("Bootstrap resamples"),
        "seed": gettext_lazy("Seed of the bootstrap"),
    },
}

CHOICES = {
    "letterbox": gettext_lazy("Whole, with black beside it"),
    "stretch": gettext_lazy("Stretched to the square"),
    "one_cycle": gettext_lazy("One cycle"),
    "constant": gettext_lazy("Constant"),
    "weighted_bce": gettext_lazy("Binary cross-entropy, rare findings weighted"),
    "bce": gettext_lazy("Binary cross-entropy"),
    "none": gettext_lazy("None"),
    "chest": gettext_lazy("For chest radiographs"),
    "skin": gettext_lazy("For skin, mirrored too"),
    "superiority": gettext_lazy("Superiority: better than the champion"),
    "non-inferiority": gettext_lazy("Non-inferiority: not worse by more than the margin"),
}
"""By value. A network is not here: it keeps the name by which its authors published it."""


def declared_fields(project: Project) -> dict[str, forms.Field]:
    """Name, such as recipe-epochs → field."""
    made: dict[str, forms.Field] = {}
    for part, kind in KINDS.items():
        hints = get_type_hints(kind)
        stored = getattr(project, part)
        for each in fields(kind):
            field = _field(each.name, hints[each.name])
            field.label = LABELS[part][each.name]
            field.initial = stored.get(each.name, each.default)
            made[f"{part}-{each.name}"] = field
    return made


def _field(name: str, hint: Any) -> forms.Field:
    """A form field for a value of this type."""
    if name == "architecture":
        return ArchitectureField()
    choices = _choices(name, hint)
    if choices:
        return forms.ChoiceField(choices=[(choice, CHOICES.get(choice, choice)) for choice in choices])
    if hint is bool:
        return forms.BooleanField(required=False)
    if hint is int:
        return forms.IntegerField()
    if hint is float:
        return forms.FloatField(widget=forms.NumberInput(attrs={"step": "any"}))
    return forms.CharField(required=False, max_length=300)


def _choices(name: str, hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    return {"augmentation": tuple(POLICIES)}.get(name, ())


def declared(project: Project, part: str, changed: Mapping[str, object]) -> dict[str, object]:
    """A recipe or policy as it is stored, with the changes: only the values that differ from the defaults.

    Raises ValidationError by field, such as recipe-epochs, for values that do not fit.
    """
    kind = KINDS[part]
    values: dict[str, object] = {**getattr(project, part), **changed}
    try:
        kind(**values)
    except ValueError as error:
        # The message begins with the name of a value; one about several values stands beside what was changed.
        name = str(error).split(" ", 1)[0]
        if name not in LABELS[part]:
            name = next(iter(changed))
        raise ValidationError({f"{part}-{name}": str(error)}) from error
    defaults = {each.name: each.default for each in fields(kind)}
    # A default that a later version improves then reaches this project too.
    return {name: value for name, value in values.items() if value != defaults[name]}
