"""One frame's attributes, wherever an enhanced multi-frame object keeps them (PS3.3 C.7.6.16)."""

from pydicom.dataset import Dataset


def frame_macro(header: Dataset, macro: str, frame: int) -> Dataset:
    """The item of the functional group `macro` that holds for `frame`, or `header` itself in a classic object."""
    shared = list(header.get("SharedFunctionalGroupsSequence") or ())[:1]
    own = list(header.get("PerFrameFunctionalGroupsSequence") or ())[frame : frame + 1]
    for group in own + shared:
        if items := group.get(macro):
            return items[0]
    return header
