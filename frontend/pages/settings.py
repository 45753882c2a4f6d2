"""What an administrator sets for a project: its reading protocol and the policies it learns by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from labeling.selection import strategies
from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import project_for
from overread.projects.services import findings_mark_urgent, findings_quota, project_change
from overread.projects.snippets import snippets_check

GROUPS = (
    (gettext_lazy("What it is for"), ("name", "modality", "description", "intended_use", "not_for")),
    (
        gettext_lazy("Reading protocol"),
        ("blind_first", "blind_share", "reference_readers", "lease_minutes", "snippets"),
    ),
    (
        gettext_lazy("Queue"),
        ("strategy", "batch_size", "patient_cap", "by_minutes", "urgent_orders_blind", "fall_back_to_random"),
    ),
    (
        gettext_lazy("Parts of a batch beside the strategy's"),
        ("audit_share", "relabel_share", "gold_share", "repeat_share", "washout_days"),
    ),
    (gettext_lazy("Learning"), ("retrain_labels", "retrain_hours", "recipe", "gate_policy")),
)
LABELS = {
    "name": gettext_lazy("Name"),
    "modality": gettext_lazy("Modality"),
    "description": gettext_lazy("Description"),
    "intended_use": gettext_lazy("Intended use"),
    "not_for": gettext_lazy("Not for"),
    "strategy": gettext_lazy("Strategy"),
    "blind_first": gettext_lazy("Read blind first"),
    "blind_share": gettext_lazy("Share read blind, where a share is"),
    "reference_readers": gettext_lazy("Readers of each reference case"),
    "lease_minutes": gettext_lazy("Minutes a case is held for its reader"),
    "snippets": gettext_lazy("Comment snippets, one a line"),
    "batch_size": gettext_lazy("Cases in a batch"),
    "audit_share": gettext_lazy("Share drawn at random, for the audit"),
    "relabel_share": gettext_lazy("Share of second looks at labels that others contradict"),
    "gold_share": gettext_lazy("Share of hidden cases with a known answer"),
    "repeat_share": gettext_lazy("Share of cases that their own reader reads again"),
    "washout_days": gettext_lazy("Days before a reader is given an own case again"),
    "by_minutes": gettext_lazy("Prefer what brings more per expected minute of reading"),
    "patient_cap": gettext_lazy("Images of one patient in a batch, at most"),
    "urgent_orders_blind": gettext_lazy("Suspected urgent cases go first even where they are read blind"),
    "fall_back_to_random": gettext_lazy("Go back to random order when the strategy is shown to be worse"),
    "retrain_labels": gettext_lazy("Train after so many new reads (0: never)"),
    "retrain_hours": gettext_lazy("Train after so many hours (0: never)"),
    "recipe": gettext_lazy("Recipe, where it differs from the default (JSON)"),
    "gate_policy": gettext_lazy("Gate policy, where it differs from the default (JSON)"),
}
HIGHEST = {"batch_size": 10_000, "patient_cap": 1000, "washout_days": 3650}
HIGHEST |= {"retrain_labels": 1_000_000, "retrain_hours": 8760}  # a year
LONG = ("description", "intended_use", "not_for", "recipe", "gate_policy")


class Lines(forms.CharField):
    """A list of texts, typed as one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))

    def validate(self, value: Any) -> None:
        """The model knows what fits."""

    def run_validators(self, value: Any) -> None:
        snippets_check(value)


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    snippets = Lines(required=False, label=LABELS["snippets"], widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = Project
        fields = tuple(name for _legend, names in GROUPS for name in names)
        labels = LABELS
        help_texts = dict.fromkeys(LABELS, "") | {
            "modality": gettext_lazy("What is read: chest radiograph, dermoscopy, hand radiograph.")
        }
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in LONG} | {
            "strategy": forms.TextInput(attrs={"list": "strategies"})
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["class"] = "input"
            if name in HIGHEST:
                field.widget.attrs["max"] = HIGHEST[name]
                field.validators.append(MaxValueValidator(HIGHEST[name], _("At most %(limit_value)d.")))
            field.show_hidden_initial = False  # changes are told against what is stored

    def clean_recipe(self) -> dict[str, Any]:
        return self.cleaned_data["recipe"] or {}

    def clean_gate_policy(self) -> dict[str, Any]:
        return self.cleaned_data["gate_policy"] or {}

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(legend, [self[name] for name in names]) for legend, names in GROUPS]


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "projects.administer")
    form = SettingsForm(request.POST or None, instance=project)
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        if changed:
            stored = Project.objects.get(pk=project.pk)  # the form's own instance holds the new values already
            project_change(project=stored, actor=request.user, **changed)
        messages.success(request, _("Settings stored."))
        return redirect("project-settings", slug)
    context = {"project": project, "form": form, "findings": project.findings.all(), "strategies": strategies.names()}
    return render(request, "settings.html", context)


@login_required
@require_POST
def urgent(request: HttpRequest, slug: str) -> HttpResponse:
    """Which findings are urgent."""
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "projects.administer")
    try:
        findings_mark_urgent(project=project, actor=request.user, slugs=request.POST.getlist("urgent"))
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    else:
        messages.success(request, _("Urgent findings stored. The queue follows in a moment."))
    return redirect("project-settings", slug)


@login_required
@require_POST
def quotas(request: HttpRequest, slug: str) -> HttpResponse:
    """Which findings have a share of the strategy's picks; a field left empty is none."""
    assert isinstance(request.user, User)
    project = project_for(request.user, slug, "projects.administer")
    given = {name.removeprefix("quota-"): text for name, text in request.POST.items() if name.startswith("quota-")}
    try:
        shares = {name: number for name, text in given.items() if (number := float(str(text) or 0))}
        findings_quota(project=project, actor=request.user, quotas=shares)
    except ValidationError as wrong:
        messages.error(request, " ".join(wrong.messages))
    except ValueError:
        messages.error(request, _("A share is a number from 0 to 1."))
    else:
        messages.success(request, _("Shares of findings stored. The next batch follows them."))
    return redirect("project-settings", slug)
