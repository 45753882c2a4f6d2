"""The windows a reader may choose from: the file's own first, then those that are usual for the modality.

Widths and levels of CT are the customary ones (Radiopaedia, "Windowing (CT)"): brain W 80 L 40, lung W 1500 L −600,
mediastinum W 350 L 50, bone W 1800 L 400 HU. Radiographs have no such unit: their presets are shares of the range that
the image's first window shows, counted from the dark end, so that they hold for both polarities.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from overread.archive.dicom import Window
from overread.archive.models import Image, PackedFrame

RADIOGRAPHS = ("CR", "DX", "XR", "RG", "PX", "IO", "DR")
UNNAMED = ("File", "Automatic")  # what the intake calls a window that the file gives no name
LUNGS = ("", "CHEST", "THORAX", "RIB", "LUNG", "STERNUM", "TSPINE", "CHESTABDPELVIS", "WHOLEBODY")
HOUNSFIELD = (
    Window(gettext_noop("Lung"), -600, 1500),
    Window(gettext_noop("Soft"), 50, 350),
    Window(gettext_noop("Bone"), 400, 1800),
    Window(gettext_noop("Brain"), 40, 80),
)

Share = tuple[str, float, float]  # label; middle and width as shares of the range
CHEST: tuple[Share, ...] = ((gettext_noop("Lung"), 0.3, 0.5),)
BODY: tuple[Share, ...] = ((gettext_noop("Soft"), 0.68, 0.45), (gettext_noop("Bone"), 0.8, 0.75))
BREAST: tuple[Share, ...] = ((gettext_noop("Skin"), 0.25, 0.5), (gettext_noop("Dense"), 0.75, 0.5))
PLAIN: tuple[Share, ...] = ((gettext_noop("Dark"), 0.25, 0.5), (gettext_noop("Bright"), 0.75, 0.5))


def presets(image: Image, frame: PackedFrame, *, inverted: bool) -> list[dict[str, Any]]:
    """As the reading page takes them, the one to open with first, none twice; none for colour. A table only where there is one.

    `inverted`: low values are bright (MONOCHROME1).
    """
    own = [_named(Window(**{**each, "table": tuple(each.get("table", ()))})) for each in frame.windows]
    chosen: list[Window] = []
    for window in own + (_usual(image, frame, own[0], inverted=inverted) if own else []):
        if not any(_alike(window, other) for other in chosen):
            chosen.append(window)
    return [{name: value for name, value in asdict(window).items() if name != "table" or value} for window in chosen]


def value_unit(image: Image, frame: PackedFrame) -> str:
    """HU for computed tomography in Hounsfield units; "" where a value is in no unit."""
    return "HU" if _in_hounsfield(image, frame) else ""


def _usual(image: Image, frame: PackedFrame, first: Window, *, inverted: bool) -> list[Window]:
    if _in_hounsfield(image, frame):
        windows = [replace(window, label=_(window.label)) for window in HOUNSFIELD]
        return [window for window in windows if _shows(window, frame)]
    return [_share(share, first, inverted=inverted) for share in _shares(image)]


def _shares(image: Image) -> tuple[Share, ...]:
    if image.modality in RADIOGRAPHS:
        return (CHEST if image.body_part.upper().replace(" ", "") in LUNGS else ()) + BODY
    return BREAST if image.modality == "MG" else PLAIN


def _share(share: Share, first: Window, *, inverted: bool) -> Window:
    label, middle, width = share
    dark, sign = (first.center + first.width / 2, -1) if inverted else (first.center - first.width / 2, 1)
    return Window(_(label), dark + sign * middle * first.width, max(width * first.width, 1), "LINEAR_EXACT")


def _in_hounsfield(image: Image, frame: PackedFrame) -> bool:
    """Air is far below zero; a CT picture without its rescaling is not in HU, whatever its modality says."""
    return image.modality == "CT" and frame.channels == 1 and frame.minimum < 0


def _named(window: Window) -> Window:
    return replace(window, label=_("Standard")) if window.label in UNNAMED else window


def _shows(window: Window, frame: PackedFrame) -> bool:
    low, high = window.center - window.width / 2, window.center + window.width / 2
    return low < frame.maximum and high > frame.minimum


def _alike(one: Window, other: Window) -> bool:
    same = replace(one, label="", function="LINEAR") == replace(other, label="", function="LINEAR")
    return same or one.label.casefold() == other.label.casefold()
