"""Joining the parts of an SVG."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString


def joined(parts: Iterable[SafeString]) -> SafeString:
    """The parts one after the other, as markup."""
    return format_html_join("", "{}", ((part,) for part in parts))
