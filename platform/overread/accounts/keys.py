"""Which keys a person may assign to commands. The commands themselves are the reading page's (frontend/src/reading/keys.ts)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

COMMAND = re.compile(r"(?=.{1,40}$)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
NAMED = re.compile("ArrowUp|ArrowDown|ArrowLeft|ArrowRight|Home|End|PageUp|PageDown|Insert|Delete|Backspace")
TAKEN = "123456789"  # digits select findings; Enter and Escape stay what they are
MOST = 200


def keys_check(keys: object) -> None:
    """Raise ValidationError where this is no mapping of commands to keys that can be taken, each key once."""
    if not isinstance(keys, Mapping) or len(keys) > MOST:
        raise ValidationError(_("Send an object that gives each command its key."))
    for command, key in keys.items():
        if not (isinstance(command, str) and COMMAND.fullmatch(command)):
            raise ValidationError(_("There is no such command."))
        if not (isinstance(key, str) and _takeable(key)):
            raise ValidationError(_("%(command)s: this key cannot be taken.") % {"command": command})
    if len(set(keys.values())) < len(keys):
        raise ValidationError(_("Two commands have the same key."))


def _takeable(key: str) -> bool:
    """As `takeable` spells a press: a character, letters small, or a key's name; Shift before a letter or a name alone."""
    bare = key.removeprefix("Shift+")
    if NAMED.fullmatch(bare):
        return True
    if len(bare) != 1 or not bare.isprintable() or bare.isspace() or bare in TAKEN or bare != bare.lower():
        return False
    return bare == key or bare.lower() != bare.upper()
