"""The project's own ready-made sentences for comments."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST, LONGEST = 50, 200


def snippets_check(snippets: Any) -> None:
    """Raises ValidationError unless this is a list of at most MOST different texts of 1 to LONGEST characters."""
    if not isinstance(snippets, list) or not all(isinstance(text, str) for text in snippets):
        raise ValidationError(_("Give a list of texts."))
    if len(snippets) > MOST:
        raise ValidationError(
            _("%(count)d snippets are too many: keep %(most)d at most.") % {"count": len(snippets), "most": MOST}
        )
    for number, text in enumerate(snippets, start=1):
        if not text.strip() or "\n" in text:
            raise ValidationError(_("Snippet %(number)d is no line of text.") % {"number": number})
        if len(text) > LONGEST:
            told = {"number": number, "length": len(text), "longest": LONGEST}
            raise ValidationError(_("Snippet %(number)d has %(length)d characters: %(longest)d at most.") % told)
    if len(set(snippets)) < len(snippets):
        raise ValidationError(_("Two snippets are the same."))
