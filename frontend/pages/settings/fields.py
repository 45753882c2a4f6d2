"""Fields for texts of several lines, and for what names mean. Browsers end each line with CR LF; what is stored has LF."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from overread.projects.label_mapping import label_mapping_check
from overread.projects.models import Finding
from overread.projects.slugs import name_key
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


class Meanings(forms.CharField):
    """What names in data sets mean, typed as `name = finding`, one a line; a finding by its name or its slug."""

    widget = forms.Textarea

    def __init__(self, *, findings: Iterable[Finding], **options: Any) -> None:
        super().__init__(**options)
        self.names = {finding.slug: finding.name for finding in findings}
        self.slugs = {name_key(slug): slug for slug in self.names}
        self.slugs |= {name_key(name): slug for slug, name in self.names.items()}  # a name says more than a slug

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name} = {self.names.get(slug, slug)}".rstrip() for name, slug in value.items())

    def to_python(self, value: Any) -> Any:
        """Name → slug. Raises ValidationError for a line without a sign, and for a name that stands twice."""
        mapping: dict[str, str] = {}
        for number, line in enumerate(str(value or "").splitlines(), start=1):
            if not line.strip():
                continue
            typed, sign, finding = line.rpartition("=")
            name = typed.strip()
            if not sign:
                raise ValidationError(_("Line %(line)d has no =.") % {"line": number})
            if name in mapping:
                raise ValidationError(_("%(name)s stands twice.") % {"name": name})
            mapping[name] = self.slugs.get(name_key(finding), finding.strip())
        return mapping

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or {}))
        except ValidationError:
            return True

    def validate(self, value: Any) -> None:
        """Nothing here: an empty mapping fits, and the project's own check says what else does."""

    def run_validators(self, value: Any) -> None:
        label_mapping_check(value, self.names)
