"""What one annotation of Label Studio says: choices, numbers, and regions in percent of the image."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion
from training.datasets.json_file import text_of
from training.datasets.regions import Frame, Point, box, number, polygon

Entry = Mapping[str, object]
ANSWERS = ("choices", "number", "rating")
DRAWN = ("rectanglelabels", "polygonlabels", "ellipselabels", "brushlabels", "keypointlabels")
PLACED = ("x", "points", "rle")  # what a value holds that is about a place in the image, not about the image


@dataclass
class Annotation:
    """`cells`: control → what was answered in it. `kinds`: control → its type. `labels`: what something was drawn for.
    `reference`: marked as the ground truth. `ignored`: types of results that say nothing here → how often.
    """

    reader: str = ""
    reference: bool = False
    cells: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    labels: dict[str, None] = field(default_factory=dict)
    regions: list[SourceRegion] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    predicted: bool = False


def annotation_of(results: Sequence[Entry], reader: str, *, reference: bool = False) -> Annotation:
    """Raises DatasetError where a result is not understood."""
    found = Annotation(reader, reference)
    drawn = {text_of(result.get("id")) for result in results if _type_of(result) not in ANSWERS} - {""}
    for result in results:
        kind = _type_of(result)
        value = _value_of(result)
        found.predicted |= text_of(result.get("origin")).startswith("prediction")
        # An answer with the id of a region, or with a place of its own, is about that region and not about the image.
        about_region = text_of(result.get("id")) in drawn or any(name in value for name in PLACED)
        if kind in ANSWERS and not about_region:
            _add_answer(found, text_of(result.get("from_name")), kind, value)
        elif kind in DRAWN:
            _add_drawn(found, kind, value, result)
        else:
            found.ignored["answers about a region" if kind in ANSWERS else kind or "results without a type"] += 1
    return found


def _add_answer(found: Annotation, control: str, kind: str, value: Entry) -> None:
    answers = _texts(value[kind]) if kind == "choices" else (text_of(value.get(kind)),)
    if not control or not all(answers):
        raise DatasetError(f"An answer of type {kind} has no control, or no text.")
    found.cells[control] = tuple(dict.fromkeys((*found.cells.get(control, ()), *answers)))
    found.kinds[control] = kind


def _add_drawn(found: Annotation, kind: str, value: Entry, result: Entry) -> None:
    for name in _texts(value.get(kind, [])):
        if not name:
            raise DatasetError("A region has a label without a name.")
        found.labels[name] = None
        if kind == "rectanglelabels":
            found.regions.append(_rectangle(name, value, _frame(result), found.reader))
        elif kind == "polygonlabels":
            points = _scaled(value.get("points"), _frame(result))
            found.regions.append(polygon(name, points, _frame(result), found.reader))


def _rectangle(name: str, value: Entry, frame: Frame, reader: str) -> SourceRegion:
    """A box; a polygon where it is turned. It turns around its upper left corner, in pixels, clockwise."""
    left, width = (number(value.get(key), f"{key} of a rectangle") * frame.width / 100 for key in ("x", "width"))
    top, height = (number(value.get(key), f"{key} of a rectangle") * frame.height / 100 for key in ("y", "height"))
    angle = math.radians(number(value.get("rotation") or 0, "rotation of a rectangle"))
    if not angle:
        return box(name, (left, top), (left + width, top + height), frame, reader)
    across = (width * math.cos(angle), width * math.sin(angle))
    down = (-height * math.sin(angle), height * math.cos(angle))
    corners = [
        (left, top),
        (left + across[0], top + across[1]),
        (left + across[0] + down[0], top + across[1] + down[1]),
        (left + down[0], top + down[1]),
    ]
    return polygon(name, corners, frame, reader)


def _scaled(points: object, frame: Frame) -> list[Point]:
    if not isinstance(points, list):
        raise DatasetError("A polygon has no points.")
    scaled = []
    for point in points:
        if not isinstance(point, list) or len(point) != 2:
            raise DatasetError("A point of a polygon is not x, y.")
        across, down = (number(each, "A point of a polygon") for each in point)
        scaled.append((across * frame.width / 100, down * frame.height / 100))
    return scaled


def _frame(result: Entry) -> Frame:
    if result.get("image_rotation"):
        raise DatasetError("The image was turned in Label Studio: its regions are not where they seem.")
    sides = [number(result.get(f"original_{side}"), f"The {side} of an image") for side in ("width", "height")]
    if min(sides) <= 0:
        raise DatasetError("A region is of an image without a size.")
    return Frame(sides[0], sides[1])


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise DatasetError("The labels of a result are no list.")
    return tuple(text_of(each) for each in value)


def _type_of(result: Entry) -> str:
    return text_of(result.get("type")).lower()


def _value_of(result: Entry) -> Entry:
    value = result.get("value")
    return value if isinstance(value, dict) else {}
