"""The windows a reader may choose from: the file's own first, then those that are usual for the modality.

Widths and levels of CT are the customary ones (Radiopaedia, "Windowing (CT)"): brain W 80 L 40, lung W 1500 L −600,
mediastinum W 350 L 50, bone W 1800 L 400 HU. Radiographs have no such unit: their presets reach over the dark, the middle
or the bright part of the body as this image has it (`dicom.tones`), so that none whites it out or blackens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from overread.archive.dicom import Window
from overread.archive.models import Image, PackedFrame

RADIOGRAPHS = ("CR", "DX", "XR", "RG", "PX", "IO", "DR")
Tones = Mapping[str, Sequence[float]]  # dark, middle, bright: lowest and highest value, as Rendering holds them

UNNAMED = ("File", "Automatic")  # what the intake calls a window that the file gives no name
LUNGS = ("", "CHEST", "THORAX", "RIB", "LUNG", "STERNUM", "TSPINE", "CHESTABDPELVIS", "WHOLEBODY")
HOUNSFIELD = (
    Window(gettext_noop("Lung"), -600, 1500),
    Window(gettext_noop("Soft"), 50, 350),
    Window(gettext_noop("Bone"), 400, 1800),
    Window(gettext_noop("Brain"), 40, 80),
)

Part = tuple[str, str]  # label; which of the tones
CHEST: tuple[Part, ...] = ((gettext_noop("Lung"), "dark"),)
BODY: tuple[Part, ...] = ((gettext_noop("Soft"), "middle"), (gettext_noop("Bone"), "bright"))
BREAST: tuple[Part, ...] = ((gettext_noop("Skin"), "dark"), (gettext_noop("Dense"), "bright"))
PLAIN: tuple[Part, ...] = ((gettext_noop("Dark"), "dark"), (gettext_noop("Bright"), "bright"))


class WindowPreset(TypedDict):
    """A window as the reading page takes it. `table`: a VOI LUT, greys in 0..1 at equal steps over the width."""

    label: str
    center: float
    width: float
    function: str  # LINEAR, LINEAR_EXACT or SIGMOID
    table: NotRequired[tuple[float, ...]]


def presets(image: Image, frame: PackedFrame, *, tones: Tones | None) -> list[WindowPreset]:
    """As the reading page takes them, the one to open with first, none twice; none for colour. A table only where there is one.

    `tones` are those of the image's first frame, for all frames, so that a window stays as it is while one leafs through.
    """
    offered = [_named(Window(**{**each, "table": tuple(each.get("table", ()))})) for each in frame.windows]
    if offered:
        offered += _usual(image, frame, tones)
    chosen: list[Window] = []
    for window in offered:
        if not any(_alike(window, other) for other in chosen):
            chosen.append(window)
    return [_preset(window) for window in chosen]


def _preset(window: Window) -> WindowPreset:
    made: WindowPreset = {
        "label": window.label,
        "center": window.center,
        "width": window.width,
        "function": window.function,
    }
    if window.table:
        made["table"] = window.table
    return made


def value_unit(image: Image, frame: PackedFrame) -> str:
    """HU for computed tomography in Hounsfield units; "" where a value is in no unit."""
    if _in_hounsfield(image, frame):
        return "HU"
    return ""


def _usual(image: Image, frame: PackedFrame, tones: Tones | None) -> list[Window]:
    if _in_hounsfield(image, frame):
        windows = [replace(window, label=_(window.label)) for window in HOUNSFIELD]
        return [window for window in windows if _shows(window, frame)]
    if tones is None:
        return []
    return [_over(_(label), tones[part]) for label, part in _parts(image)]


def _parts(image: Image) -> tuple[Part, ...]:
    if image.modality == "MG":
        return BREAST
    if image.modality not in RADIOGRAPHS:
        return PLAIN
    if image.body_part.upper().replace(" ", "") in LUNGS:
        return CHEST + BODY
    return BODY


def _over(label: str, span: Sequence[float]) -> Window:
    low, high = span
    return Window(label, (low + high) / 2, high - low, "LINEAR_EXACT")


def _in_hounsfield(image: Image, frame: PackedFrame) -> bool:
    """Air is far below zero; a CT picture without its rescaling is not in HU, whatever its modality says."""
    return image.modality == "CT" and frame.channels == 1 and frame.minimum < 0


def _named(window: Window) -> Window:
    if window.label in UNNAMED:
        return replace(window, label=_("Standard"))
    return window


def _shows(window: Window, frame: PackedFrame) -> bool:
    low = window.center - window.width / 2
    high = window.center + window.width / 2
    return low < frame.maximum and high > frame.minimum


def _alike(one: Window, other: Window) -> bool:
    same = replace(one, label="", function="LINEAR") == replace(other, label="", function="LINEAR")
    return same or one.label.casefold() == other.label.casefold()
