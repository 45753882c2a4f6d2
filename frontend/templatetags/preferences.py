"""`{% key_preferences preferences %}`: a person's keyboard settings for the scripts (frontend/src/reading/keymap.ts)."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString

from overread.accounts.models import Preferences

register = template.Library()


@register.simple_tag
def key_preferences(preferences: Preferences) -> SafeString:
    values = {"single_keys": preferences.single_keys, "keys": preferences.keys, "url": reverse("api:preferences")}
    return json_script(values, "preferences")
