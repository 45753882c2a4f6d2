"""Which keys a person may give to commands. The commands themselves are the reading page's (frontend/src/reading/keys.ts)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COMMAND = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
NAMED = "ArrowUp|ArrowDown|ArrowLeft|ArrowRight|Home|End|PageUp|PageDown|Insert|Delete|Backspace"
KEY = re.compile(rf"(Shift\+)?([^\s1-9]|{NAMED})")  # digits select findings; Enter and Escape stay what they are
MOST = 200


def keys_check(keys: object) -> None:
    """Raise ValidationError where this is no mapping of commands to keys that can be taken, each key once."""
    if not isinstance(keys, Mapping) or len(keys) > MOST:
        raise ValidationError(_("Send an object that gives each command its key."))
    for command, key in keys.items():
        if not (isinstance(command, str) and COMMAND.fullmatch(command)):
            raise ValidationError(_("There is no such command."))
        if not (isinstance(key, str) and KEY.fullmatch(key)):
            raise ValidationError(_("%(command)s: this key cannot be taken.") % {"command": command})
    if len(set(keys.values())) < len(keys):
        raise ValidationError(_("Two commands have the same key."))
