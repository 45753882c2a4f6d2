"""One form for everything an administrator sets: the project's policies, and what is set of each finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.pages.settings.conflict_safe_form import ConflictSafeForm
from frontend.pages.settings.declared import KINDS, LEGENDS, declared, declared_fields
from frontend.pages.settings.fields import Lines, Prose
from frontend.pages.settings.words import GROUPS, HINTS, LABELS
from labeling.queries.selections import strategy_failure
from overread.accounts.models import User
from overread.projects.models import Finding, Project
from overread.projects.queries import project_stored
from overread.projects.services import findings_mark_urgent, findings_quota, project_change

HIGHEST = {"batch_size": 10_000, "patient_cap": 1000, "washout_days": 3650}
HIGHEST |= {"retrain_labels": 1_000_000, "retrain_hours": 8760}  # a year
TEXTS = ("description", "intended_use", "not_for")
SHARES = ("audit_share", "relabel_share", "gold_share", "repeat_share")
A_SHARE = gettext_lazy("A share is a number from 0 to 1.")
WITHIN = [MinValueValidator(0.0, A_SHARE), MaxValueValidator(1.0, A_SHARE)]


@dataclass(frozen=True)
class Asked:
    """A finding's line: its two fields, urgent and share, None where its kind has none."""

    finding: Finding
    fields: list[forms.BoundField | None]


def of_finding(finding: Finding) -> dict[str, forms.Field]:
    """The fields of one finding by name: whether it is urgent, and its share, as its kind has them."""
    fields: dict[str, forms.Field] = {}
    told = {"name": finding.name}
    if finding.kind == Finding.Kind.BINARY:
        fields[f"urgent-{finding.slug}"] = forms.BooleanField(
            required=False, label=_("%(name)s is urgent") % told, initial=finding.urgent
        )
    if finding.kind != Finding.Kind.MEASUREMENT:
        fields[f"quota-{finding.slug}"] = forms.FloatField(
            required=False,
            label=_("Share of picks about %(name)s") % told,
            initial=finding.quota or None,
            validators=WITHIN,
            error_messages={"invalid": A_SHARE},
            widget=forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any", "placeholder": "0"}),
        )
    return fields


class SettingsForm(ConflictSafeForm):
    snippets = Lines(required=False, label=LABELS["snippets"], widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Project
        fields = tuple(name for _legend, names in GROUPS for name in names)
        labels = LABELS
        help_texts = dict.fromkeys(LABELS, "") | HINTS
        field_classes = dict.fromkeys(TEXTS, Prose)
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS} | {
            "strategy": forms.TextInput(attrs={"list": "strategies"})
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Project) -> None:
        self.findings = list(instance.findings.all())
        extra = {name: field for each in self.findings for name, field in of_finding(each).items()}
        extra |= declared_fields(instance)
        super().__init__(data, instance=instance, extra=extra)
        if failure := strategy_failure(instance):
            told = _("%(why)s Until it can be asked, batches are drawn at random.")
            self.fields["strategy"].help_text = told % {"why": failure.reason}
        for name, field in self.fields.items():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "input"
            if name in HIGHEST:
                field.widget.attrs["max"] = HIGHEST[name]
                field.validators.append(MaxValueValidator(HIGHEST[name], _("At most %(limit_value)d.")))
            if name.endswith("_share"):
                field.validators.extend(WITHIN)

    def clean(self) -> None:
        super().clean()
        self._together(SHARES, _("Audit, second looks, known answers and repeats are at most 1 together."))
        quotas = [f"quota-{finding.slug}" for finding in self.findings]
        self._together(quotas, _("The findings' shares are at most 1 together."))
        for part in KINDS:
            if changed := self._changed_of(part):
                try:
                    declared(self.instance, part, changed)
                except forms.ValidationError as wrong:
                    self.add_error(None, wrong)

    def _together(self, names: Iterable[str], sentence: str) -> None:
        """Say so beside the shares that were changed where all are more than the whole."""
        shares = {name: self.cleaned_data.get(name) or 0.0 for name in names}
        if sum(shares.values()) > 1 + 1e-9:
            for name in set(shares) & set(self.different):
                self.add_error(name, sentence)

    def _changed_of(self, part: str) -> dict[str, Any]:
        """Of a recipe or policy, what was changed, by its own names."""
        prefix = f"{part}-"
        return {name.removeprefix(prefix): value for name, value in self.different.items() if name.startswith(prefix)}

    def store(self, actor: User) -> None:
        """Store what is different of the valid form."""
        project = project_stored(self.instance.pk)  # the form's own holds the new values already
        policies = {name: value for name, value in self.different.items() if name in self.Meta.fields}
        for part in KINDS:
            if changed := self._changed_of(part):
                policies[part] = declared(project, part, changed)
        if policies:
            project_change(project=project, actor=actor, **policies)
        of_findings = {name.partition("-")[0] for name in self.different}
        if "urgent" in of_findings:
            findings_mark_urgent(project=project, actor=actor, slugs=list(self._set("urgent")))
        if "quota" in of_findings:
            findings_quota(project=project, actor=actor, quotas=self._set("quota"))

    def _set(self, what: str) -> dict[str, Any]:
        """Slug → what the form says of each finding, where it says something."""
        said = {finding.slug: self.cleaned_data.get(f"{what}-{finding.slug}") for finding in self.findings}
        return {slug: value for slug, value in said.items() if value}

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(legend, [self[name] for name in names]) for legend, names in GROUPS]

    @property
    def declared(self) -> list[tuple[Any, bool, list[forms.BoundField]]]:
        """Of the recipe and the gate policy: the legend, whether something in it is wrong, and the fields."""
        parts = [(LEGENDS[part], [self[name] for name in self.fields if name.startswith(f"{part}-")]) for part in KINDS]
        return [(legend, any(field.errors for field in fields), fields) for legend, fields in parts]

    @property
    def asked(self) -> list[Asked]:
        names = {each: (f"urgent-{each.slug}", f"quota-{each.slug}") for each in self.findings}
        return [
            Asked(each, [self[name] if name in self.fields else None for name in both]) for each, both in names.items()
        ]

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields that are wrong, in the order of the page."""
        return [self[name] for name in self.fields if name in self.errors]
