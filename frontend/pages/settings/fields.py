"""Fields for texts of several lines. Browsers end each line with CR LF; what is stored has LF."""

from __future__ import annotations

from typing import Any

from django import forms

from overread.projects.snippets import snippets_check


class Prose(forms.CharField):
    """A text of several lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


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
        """Nothing here: the model's own check says what fits, and takes an empty list."""

    def run_validators(self, value: Any) -> None:
        snippets_check(value)
