"""One form for all settings: the project's policies, its recipe and gate policy, and its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.pages.settings.conflict_safe_form import ConflictSafeForm
from frontend.pages.settings.declared import KINDS, LEGENDS, declared, declared_fields
from frontend.pages.settings.fields import Lines, Meanings, Prose
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
class SettingsRow:
    """A finding's line with its two fields, urgent and share. A field is None for a kind of finding that has none."""

    finding: Finding
    fields: tuple[forms.BoundField | None, forms.BoundField | None]


def finding_fields(finding: Finding) -> dict[str, forms.Field]:
    """The fields of one finding by name: whether it is urgent, and its share of the strategy's picks."""
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
            initial=finding.quota or None,  # no share shows as an empty field, not as 0
            validators=WITHIN,
            error_messages={"invalid": A_SHARE},
            widget=forms.NumberInput(attrs={"min": 0, "max": 1, "step": "any", "placeholder": "0"}),
        )
    return fields


class SettingsForm(ConflictSafeForm):
    snippets = Lines(required=False, label=LABELS["snippets"], widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Project
        fields = tuple(chain.from_iterable(names for _legend, names in GROUPS))
        labels = LABELS
        help_texts = dict.fromkeys(LABELS, "") | HINTS
        field_classes = dict.fromkeys(TEXTS, Prose)
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in TEXTS},
            "strategy": forms.TextInput(attrs={"list": "strategies"}),
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Project) -> None:
        self.findings = list(instance.findings.all())
        extra: dict[str, forms.Field] = {}
        for finding in self.findings:
            extra |= finding_fields(finding)
        extra["label_mapping"] = Meanings(
            findings=self.findings,
            required=False,
            label=LABELS["label_mapping"],
            help_text=HINTS["label_mapping"],
            widget=forms.Textarea(attrs={"rows": 4}),
        )
        super().__init__(data, instance=instance, extra=extra | declared_fields(instance))
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
            if changed := self._changed_in(part):
                try:
                    declared(self.instance, part, changed)
                except forms.ValidationError as wrong:
                    self.add_error(None, wrong)

    def _together(self, names: Iterable[str], sentence: str) -> None:
        """Show the sentence beside the changed ones of these shares if they are more than 1 together."""
        names = list(names)
        total = sum(self.cleaned_data.get(name) or 0.0 for name in names)
        if total > 1 + 1e-9:  # 0.7 + 0.2 + 0.1 is a little more than 1
            for name in set(names) & set(self.different):
                self.add_error(name, sentence)

    def _changed_in(self, part: str) -> dict[str, object]:
        """The changed values of a recipe or policy by their own names."""
        prefix = f"{part}-"
        changed = {}
        for name, value in self.different.items():
            if name.startswith(prefix):
                changed[name.removeprefix(prefix)] = value
        return changed

    def store(self, actor: User) -> None:
        """Store the changed fields of the valid form."""
        project = project_stored(self.instance.pk)  # the form's own instance has the new values already
        policies = {name: value for name, value in self.different.items() if name in self.Meta.fields}
        for part in KINDS:
            if changed := self._changed_in(part):
                policies[part] = declared(project, part, changed)
        # Each service writes its own audit event, so one is called only for what was changed.
        if policies:
            project_change(project=project, actor=actor, **policies)
        kinds = {name.partition("-")[0] for name in self.different}
        if "urgent" in kinds:
            findings_mark_urgent(project=project, actor=actor, slugs=list(self._by_finding("urgent")))
        if "quota" in kinds:
            findings_quota(project=project, actor=actor, quotas=self._by_finding("quota"))

    def _by_finding(self, kind: str) -> dict[str, float]:
        """Slug → share or True, of the findings that have one."""
        values = {}
        for finding in self.findings:
            value = self.cleaned_data.get(f"{kind}-{finding.slug}")
            if value:
                values[finding.slug] = value
        return values

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(legend, [self[name] for name in names]) for legend, names in GROUPS]

    @property
    def declared(self) -> list[tuple[Any, bool, list[forms.BoundField]]]:
        """The recipe and the gate policy: legend, whether a field is wrong, and the fields."""
        parts = []
        for part in KINDS:
            fields = [self[name] for name in self.fields if name.startswith(f"{part}-")]
            wrong = any(field.errors for field in fields)
            parts.append((LEGENDS[part], wrong, fields))
        return parts

    @property
    def finding_rows(self) -> list[SettingsRow]:
        rows = []
        for finding in self.findings:
            urgent = self._bound(f"urgent-{finding.slug}")
            quota = self._bound(f"quota-{finding.slug}")
            rows.append(SettingsRow(finding, (urgent, quota)))
        return rows

    def _bound(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields that are wrong, in the order of the page."""
        return [self[name] for name in self.fields if name in self.errors]
