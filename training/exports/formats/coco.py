"""COCO: images, categories, annotations with [x, y, width, height] and polygons, in pixels of the image.

What is known of an image as a whole stands in it as LVIS has it: `pos_category_ids`, `neg_category_ids`, and
`not_exhaustive_category_ids` for findings that nobody has ruled out or outlined.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from training.exports.formats.form import Piece
from training.exports.names import Names
from training.exports.pictures import Picture, Shape, pictures_piece, pictures_read, pictures_write
from training.exports.scope import Scope
from training.exports.tables import Key
from training.exports.tables.regions import box_of

IMAGES = 2_000


class Coco:
    name = "coco"
    kinds: tuple[str, ...] = ("regions",)

    def check(self, scope: Scope, kind: str) -> None:
        """Every project can be written so."""

    def sources(self, kind: str) -> int:
        return 1

    def piece(self, scope: Scope, kind: str, after: Key) -> Piece | None:
        return pictures_piece(scope, after, IMAGES)

    def write(self, piece: Piece, out: BinaryIO) -> None:
        pictures_write(piece.content, out)

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        """The parts are read twice, for images and annotations, so that neither list is held in memory."""
        categories = {finding.slug: place for place, finding in enumerate(scope.findings.values(), start=1)}
        names = [
            {"id": categories[finding.slug], "name": finding.name, "slug": finding.slug, "supercategory": finding.kind}
            for finding in scope.findings.values()
        ]
        info = {"description": scope.project.name, "version": "1.0"}
        out.write(_json({"info": info, "licenses": [], "categories": names})[:-1] + b',"images":[\n')
        _listed(_images(pictures_read(parts), categories), out)
        out.write(b'],"annotations":[\n')
        _listed(_annotations(pictures_read(parts), categories), out)
        out.write(b"]}\n")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _listed(values: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    for place, value in enumerate(values):
        out.write((b",\n" if place else b"") + _json(value))


def _images(pictures: Iterable[Picture], categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    names = Names()
    for place, picture in enumerate(pictures, start=1):
        outlined = {shape.finding for shape in picture.shapes}
        present = {slug for slug, value in picture.values.items() if value == "present"}
        absent = {slug for slug, value in picture.values.items() if value == "absent"}
        yield {
            "id": place,
            "file_name": str(names.of(picture)),
            "width": picture.columns,
            "height": picture.rows,
            "pos_category_ids": sorted(categories[slug] for slug in present | outlined),
            "neg_category_ids": sorted(categories[slug] for slug in absent - outlined),
            "not_exhaustive_category_ids": sorted(
                number for slug, number in categories.items() if slug not in absent | outlined
            ),
            "labels": picture.values,
            "image": picture.image,
            "patient": picture.patient,
            "reference_set": picture.reference_set,
            "split": picture.split,
            "sha256": picture.sha256,
            "file": picture.file,
            "line": picture.line,
            "file_sha256": picture.file_sha256,
            "data_set": picture.data_set,
        }


def _annotations(pictures: Iterable[Picture], categories: dict[str, int]) -> Iterator[dict[str, Any]]:
    number = 0
    for place, picture in enumerate(pictures, start=1):
        for shape in picture.shapes:
            number += 1
            yield {"id": number, "image_id": place, "category_id": categories[shape.finding], **_geometry(shape)}


def _geometry(shape: Shape) -> dict[str, Any]:
    x, y, width, height = box_of(shape.points)
    corners = shape.points
    if shape.kind == "box":
        corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]
    flat = [coordinate for point in corners for coordinate in point]
    told = {"frame": shape.frame, "origin": shape.origin, "reader": shape.reader, "shape": shape.kind}
    return {
        "bbox": [x, y, width, height],
        "area": width * height if shape.kind == "box" else area_of(corners),
        "segmentation": [flat],
        "iscrowd": 0,
        **told,
    }


def area_of(points: list[list[float]]) -> float:
    """Of a polygon, by the shoelace formula."""
    twice = 0.0
    for (x, y), (next_x, next_y) in zip(points, points[1:] + points[:1], strict=True):
        twice += x * next_y - next_x * y
    return abs(twice) / 2
