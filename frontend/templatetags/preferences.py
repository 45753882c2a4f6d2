"""`{% key_preferences preferences %}`: what the scripts are given of a person's keyboard (frontend/src/reading/keymap.ts)."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString

from overread.accounts.models import Preferences

register = template.Library()


@register.simple_tag
def key_preferences(preferences: Preferences) -> SafeString:
    kept: dict[str, Any] = {"single_keys": preferences.single_keys, "keys": preferences.keys}
    return json_script(kept | {"url": reverse("api:preferences")}, "preferences")
