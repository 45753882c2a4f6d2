"""The facts of a de-identified header that the archive keeps beside the file."""

import math
from typing import Any

from pydicom.dataset import Dataset

from .functional_groups import frame_macro
from .values import SpacingKind

# View codes of PS3.16 CID 4010 and 4014 (SNOMED-RT and SNOMED CT) as View Position writes them
VIEW_CODES = {
    "R-10206": "AP",
    "399348003": "AP",
    "R-10214": "PA",
    "R-40888": "PA",
    "272479007": "PA",
    "R-10236": "LL",
    "399173006": "LL",
    "R-10232": "RL",
    "399198007": "RL",
    "R-10242": "CC",
    "399162004": "CC",
    "R-10226": "MLO",
    "399368009": "MLO",
    "R-10224": "ML",
    "399260004": "ML",
    "R-10228": "LM",
    "399352003": "LM",
}
BURNED_IN = {"YES": True, "NO": False}
Spacing = tuple[tuple[float, float] | None, SpacingKind]


def word(header: Dataset, keyword: str) -> str:
    """The single text value of an attribute, "" where there is none."""
    value = header.get(keyword)
    return value.strip() if isinstance(value, str) else ""


def view(header: Dataset) -> str:
    """View Position, or what View Code Sequence means by it."""
    code = next(iter(header.get("ViewCodeSequence") or ()), Dataset())
    return word(header, "ViewPosition") or VIEW_CODES.get(word(code, "CodeValue"), "")


def laterality(header: Dataset) -> str:
    anatomy = frame_macro(header, "FrameAnatomySequence", 0)
    for dataset, keyword in ((header, "ImageLaterality"), (anatomy, "FrameLaterality"), (header, "Laterality")):
        if (side := word(dataset, keyword)) in ("L", "R", "B"):
            return side
    return ""


def sex(header: Dataset) -> str:
    value = word(header, "PatientSex")
    return value if value in ("M", "F", "O") else ""


def device(header: Dataset) -> str:
    return " ".join(filter(None, (word(header, "Manufacturer"), word(header, "ManufacturerModelName"))))


def burned_in(header: Dataset) -> bool | None:
    return BURNED_IN.get(word(header, "BurnedInAnnotation"))


def spacing(header: Dataset) -> Spacing:
    """Millimetres between rows and between columns, and which attribute says so.

    A Pixel Spacing equal to Imager Pixel Spacing was never calibrated: it is at the detector (PS3.3 10.7.1.3).
    """
    at_detector = _pair(header.get("ImagerPixelSpacing"))
    calibrated = _pair(frame_macro(header, "PixelMeasuresSequence", 0).get("PixelSpacing"))
    if calibrated and calibrated != at_detector:
        return calibrated, "PixelSpacing"
    return (at_detector, "ImagerPixelSpacing") if at_detector else (None, "")


def _pair(value: Any) -> tuple[float, float] | None:
    try:
        row, column = (float(part) for part in value)
    except (TypeError, ValueError):
        return None
    proper = math.isfinite(row) and math.isfinite(column) and row > 0 and column > 0
    return (row, column) if proper else None
