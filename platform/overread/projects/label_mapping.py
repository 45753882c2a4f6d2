"""What the names in a data set mean in a project: each a finding of it, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from overread.projects.slugs import name_key

MOST, LONGEST = 2000, 200


def label_mapping_check(mapping: Any, findings: Collection[str]) -> None:
    """Raises ValidationError unless this maps names, no two of them alike, to slugs among `findings` or to ""."""
    if not isinstance(mapping, dict):
        raise ValidationError(_("Give an object: name in a data set → slug of a finding, or an empty text."))
    if len(mapping) > MOST:
        raise ValidationError(
            _("%(count)d names are too many: %(most)d at most.") % {"count": len(mapping), "most": MOST}
        )
    seen: dict[str, str] = {}
    for name, slug in mapping.items():
        _name_check(name)
        if not isinstance(slug, str) or (slug and slug not in findings):
            told = {"name": name, "slug": slug, "known": ", ".join(sorted(findings))}
            raise ValidationError(
                _("%(name)s: there is no finding %(slug)s in this project. There are: %(known)s.") % told
            )
        earlier = seen.setdefault(name_key(name), name)
        if earlier != name:
            raise ValidationError(_("%(one)s and %(other)s are the same name.") % {"one": earlier, "other": name})


def _name_check(name: str) -> None:
    if not name.strip():
        raise ValidationError(_("A name is empty."))
    if len(name.splitlines()) > 1:
        raise ValidationError(_("A name is one line."))
    if len(name) > LONGEST:
        told = {"name": name[:20], "length": len(name), "longest": LONGEST}
        raise ValidationError(_("The name %(name)s… has %(length)d characters: %(longest)d at most.") % told)
