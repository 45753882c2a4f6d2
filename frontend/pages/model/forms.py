"""The forms by which a person signs a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inference.models import Pipeline


class PromoteForm(forms.Form):
    """A reason, and the verdict that the person saw."""

    verdict = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2, "id": "promote-reason"}),
        error_messages={"required": _("Say why the model is promoted; it goes into the record.")},
    )


class PipelineField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Pipeline) -> str:
        return obj.name


class RollBackForm(forms.Form):
    """A model that was in use before, and the reason to go back to it."""

    to = PipelineField(
        None,  # each form sets its own: they are the project's
        label=_("Roll back to"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "input", "id": "roll-back-to"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 2, "id": "roll-back-reason"}),
        error_messages={"required": _("Say why the model is rolled back; it goes into the record.")},
    )

    def __init__(self, *args: Any, former: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = former
