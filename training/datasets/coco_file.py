"""What a file in COCO's form holds, by image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion
from training.datasets.json_file import objects, read_json, text_of
from training.datasets.regions import Frame, Point, box, number, numbers, polygon

Entry = Mapping[str, object]


@dataclass(frozen=True)
class CocoImage:
    """An image's file and its entries, mostly one. `number`: the place of the first among all, from 1."""

    number: int
    file: str
    entries: list[Entry]


@dataclass(frozen=True)
class CocoFile:
    """`annotations`: id of an image → those about it. `strays`: how many annotations are about no image of the file.
    `twice`: ids that several images have.
    """

    images: tuple[CocoImage, ...]
    annotations: Mapping[str, list[Entry]]
    categories: Mapping[str, str]
    strays: int
    twice: frozenset[str]


def coco_file(path: Path) -> CocoFile:
    """Raises DatasetError where it is not in COCO's form."""
    content = read_json(path)
    if isinstance(content, list):
        raise DatasetError(
            f"{path.name} is a list, as a model's results are, and no data set with images and categories."
        )
    missing = [
        name for name in ("images", "annotations", "categories") if not isinstance(content, dict) or name not in content
    ]
    if missing or not isinstance(content, dict):
        raise DatasetError(f"{path.name} is not in COCO's form: it has no {missing[0]}.")
    entries = objects(content["images"], "images")
    ids = Counter(text_of(entry.get("id")) for entry in entries)
    annotations: dict[str, list[Entry]] = {}
    strays = 0
    for annotation in objects(content["annotations"], "annotations"):
        image_id = text_of(annotation.get("image_id"))
        if image_id in ids:
            annotations.setdefault(image_id, []).append(annotation)
        else:
            strays += 1
    twice = frozenset(image_id for image_id, count in ids.items() if count > 1)
    return CocoFile(_images(entries), annotations, _categories(content["categories"]), strays, twice)


def _images(entries: list[dict[str, object]]) -> tuple[CocoImage, ...]:
    """By file, in the file's order. One without a name stands alone."""
    named: dict[str, CocoImage] = {}
    for number_, entry in enumerate(entries, start=1):
        file = text_of(entry.get("file_name"))
        # No file's name ends with a NUL: such a key is shared by no other image.
        image = named.setdefault(file or f"{number_}\0", CocoImage(number_, file, []))
        image.entries.append(entry)
    return tuple(named.values())


def _categories(value: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for category in objects(value, "categories"):
        category_id = text_of(category.get("id"))
        name = text_of(category.get("name"))
        if not category_id or not name:
            raise DatasetError("A category has no id or no name.")
        if found.setdefault(category_id, name) != name:
            raise DatasetError(f"Category {category_id} stands for {found[category_id]!r} and for {name!r}.")
    return found


def frame_of(image: Entry) -> Frame:
    """The size that the file gives for an image."""
    sides = [number(image.get(side) or 0, f"The {side} of an image") for side in ("width", "height")]
    return Frame(sides[0], sides[1])


def regions_of(annotation: Entry, name: str, frame: Frame) -> list[SourceRegion]:
    """Its polygons, else its box; none where it is about the image as a whole. Run-length masks are taken by their box.

    Raises DatasetError where neither is understood.
    """
    outline = annotation.get("segmentation")
    if isinstance(outline, list) and outline and not annotation.get("iscrowd") and not _outlines_box(annotation):
        # One object in several parts is several polygons of one name.
        return [polygon(name, _points(part), frame) for part in outline]
    corner = annotation.get("bbox")
    if corner is None or corner == [] or corner == [0, 0, 0, 0]:
        if outline:
            raise DatasetError(f"An outline of {name} is run-length encoded and has no box.")
        return []
    sides = numbers(corner, f"The box of {name}")
    if len(sides) != 4 or sides[2] <= 0 or sides[3] <= 0:
        raise DatasetError(f"The box of {name} is not x, y, width, height, or has no area.")
    left, top, width, height = sides
    return [box(name, (left, top), (left + width, top + height), frame)]


def _outlines_box(annotation: Entry) -> bool:
    """Whether the outline is the box once more, as many programs write it."""
    outline = annotation.get("segmentation")
    sides = annotation.get("bbox")
    if not (isinstance(outline, list) and len(outline) == 1 and isinstance(sides, list) and len(sides) == 4):
        return False
    left, top, width, height = numbers(sides, "A box")
    corners = {(x, y) for x in (left, left + width) for y in (top, top + height)}
    points = _points(outline[0])
    return len(points) == 4 and set(points) == corners


def _points(part: object) -> list[Point]:
    flat = numbers(part, "A polygon")
    if len(flat) % 2:
        raise DatasetError("A polygon has an odd number of coordinates.")
    return list(zip(flat[::2], flat[1::2], strict=True))
