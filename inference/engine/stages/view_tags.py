"""What a file's header says of the view, in the words of DICOM's View Position (0018,5101) and of data sets."""

from __future__ import annotations

import re
from typing import Literal

View = Literal["frontal", "lateral"]
FRONTAL = frozenset({"PA", "AP", "FRONTAL", "POSTEROANTERIOR", "ANTEROPOSTERIOR"})
LATERAL = frozenset({"LL", "RL", "LAT", "LATERAL", "LLAT", "RLAT"})
NEITHER = frozenset({"DECUBITUS", "OBLIQUE", "LLD", "RLD", "LLO", "RLO", "AX", "AXIAL"})
"""A lateral decubitus is a frontal projection of somebody who lies on the side, and an oblique is neither view."""


def view_of_tag(tag: str) -> View | None:
    """The view that a tag such as "PA", "AP Supine", "LL" or "Left lateral" names; None where it names none or several."""
    words = set(re.findall(r"[A-Z]+", tag.upper()))
    if words & NEITHER or bool(words & FRONTAL) == bool(words & LATERAL):
        return None
    return "frontal" if words & FRONTAL else "lateral"
