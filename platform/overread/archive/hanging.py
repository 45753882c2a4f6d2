"""Whether an image is stored as its view is usually hung."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Hanging(StrEnum):
    """How the stored rows and columns relate to the usual hanging; nothing is turned because of it."""

    UNKNOWN = "unknown"  # the file does not say, or the view has no usual way
    USUAL = "usual"
    MIRRORED = "mirrored"
    TURNED = "turned"
    BOTH = "mirrored and turned"


class Directed(Protocol):
    @property
    def orientation(self) -> str: ...
    @property
    def modality(self) -> str: ...


OPPOSITE = dict(zip("LRAPHF", "RLPAFH", strict=True))
# Where rows and columns lead to as such a picture is usually hung. A lateral view may face either way.
FRONTAL = ("L", "F")
AXIAL = ("L", "P")
LATERAL = (("A", "F"), ("P", "F"))


def hanging_of(image: Directed) -> Hanging:
    """By Patient Orientation. Mammograms are hung by side and view, in several ways, and are not judged."""
    if image.modality == "MG" or "\\" not in image.orientation:
        return Hanging.UNKNOWN
    row, column = (letters[0] for letters in image.orientation.split("\\"))
    axes = {frozenset((each, OPPOSITE[each])) for each in (row, column)}
    if axes == {frozenset("LR"), frozenset("HF")}:
        return _against(FRONTAL, row, column)
    if axes == {frozenset("LR"), frozenset("AP")}:
        return _against(AXIAL, row, column)
    if axes == {frozenset("AP"), frozenset("HF")}:
        if (row, column) in LATERAL:
            return Hanging.USUAL
        return Hanging.TURNED
    return Hanging.UNKNOWN


def _against(usual: tuple[str, str], row: str, column: str) -> Hanging:
    right, down = usual
    left = OPPOSITE[right]
    up = OPPOSITE[down]
    if (row, column) == (right, down):
        return Hanging.USUAL
    if (row, column) == (left, down):
        return Hanging.MIRRORED
    # what a quarter or a half turn of the usual picture gives
    if (row, column) in ((left, up), (down, left), (up, right)):
        return Hanging.TURNED
    return Hanging.BOTH
