"""A form that several people may have open at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _


class ConflictSafeForm(forms.ModelForm):  # type: ignore[type-arg]
    """Stores only the fields changed since the page was loaded; the others keep what somebody else stored meanwhile.

    The page sends with every field the value it was loaded with (Django's hidden initials). A field that both people
    changed is refused once, with the value stored now: whoever sends it again means it.
    """

    def __init__(self, data: QueryDict | None = None, *, extra: dict[str, forms.Field], **options: Any) -> None:
        super().__init__(data and data.copy(), **options)  # a copy: clean() changes what a field was loaded with
        self.fields |= extra
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def different(self) -> dict[str, object]:
        """Name → value of each field that was changed and whose value is not stored already."""
        found = {}
        for name in self.changed_data:
            if name in self.cleaned_data and self._differs(name, self[name].data):
                found[name] = self.cleaned_data[name]
        return found

    def clean(self) -> None:
        super().clean()
        # What this person left as it was must not undo what somebody else has stored meanwhile.
        for name in set(self.cleaned_data) - set(self.changed_data):
            self.cleaned_data[name] = self._stored(name)
        for name in self.different:
            loaded = self[name].html_initial_name
            if self._differs(name, self.data.get(loaded)):
                assert isinstance(self.data, QueryDict)
                # The page now counts as loaded with what is stored: sent again as it is, the field is accepted.
                self.data[loaded] = self[name].field.prepare_value(self._stored(name))
                self.add_error(name, _("Changed meanwhile to %s; look again.") % self._stored_words(name))

    def _stored(self, name: str) -> Any:
        """The stored value as this form would return it, so that the two can be compared."""
        field = self.fields[name]
        return field.to_python(field.prepare_value(self.get_initial_for_field(field, name)))

    def _differs(self, name: str, data: Any) -> bool:
        return self.fields[name].has_changed(self._stored(name), data)

    def _stored_words(self, name: str) -> str:
        """The stored value as the page shows it."""
        field = self.fields[name]
        stored = self._stored(name)
        if isinstance(field, forms.BooleanField):
            return _("yes") if stored else _("no")
        if isinstance(field, forms.ChoiceField):
            labels: Any = field.choices
            return str(dict(labels).get(stored, stored))
        words = "" if stored is None else str(field.prepare_value(stored))
        return Truncator(words or _("nothing")).chars(80)
