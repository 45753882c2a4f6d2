"""Several people at one form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _


class ConflictSafeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Stores what was changed since its page was loaded, and leaves all else as others have stored it meanwhile.

    Every field brings along what it held then (Django's hidden initials). A field that both have changed is refused
    once, and says what it holds now: who stores it again means it.
    """

    def __init__(self, data: QueryDict | None = None, *, extra: dict[str, forms.Field], **options: Any) -> None:
        super().__init__(data and data.copy(), **options)
        self.fields |= extra
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def different(self) -> dict[str, Any]:
        """Name → value of each field that was changed and does not hold that already."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name in self.cleaned_data and self._departs(name, self[name].data)
        }

    def clean(self) -> None:
        super().clean()
        for name in set(self.cleaned_data) - set(self.changed_data):
            self.cleaned_data[name] = self._stored(name)
        for name in self.different:
            loaded = self[name].html_initial_name
            if self._departs(name, self.data.get(loaded)):
                assert isinstance(self.data, QueryDict)
                self.data[loaded] = self[name].field.prepare_value(self._stored(name))
                self.add_error(name, _("Changed meanwhile to %s; look again.") % self._shown(name))

    def _stored(self, name: str) -> Any:
        """What is stored, as this form would bring it back."""
        field = self.fields[name]
        return field.to_python(field.prepare_value(self.get_initial_for_field(field, name)))

    def _departs(self, name: str, data: Any) -> bool:
        return self.fields[name].has_changed(self._stored(name), data)

    def _shown(self, name: str) -> str:
        """What is stored, in the words of the page."""
        field, stored = self.fields[name], self._stored(name)
        if isinstance(field, forms.BooleanField):
            return _("yes") if stored else _("no")
        if isinstance(field, forms.ChoiceField):
            labels: Any = field.choices
            return str(dict(labels).get(stored, stored))
        words = "" if stored is None else str(field.prepare_value(stored))
        return Truncator(words or _("nothing")).chars(80)
