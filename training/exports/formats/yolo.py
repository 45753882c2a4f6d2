"""YOLO: a zip of data.yaml, lists of images by split, and a text for each image with a line a box: class, centre, size, as
shares of the image. A polygon is told by the box around it.

An image whose text is empty shows none of the findings. So one is in it only where it has a box, or where every finding is
said to be absent; and not where a finding is said to be present that nobody has outlined, nor with several frames.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

from training.exports.formats.coco import Coco
from training.exports.names import Names
from training.exports.pictures import TEST, TRAIN, VAL, Picture, Shape, pictures_read
from training.exports.scope import Scope
from training.exports.tables.regions import box_of


class Yolo(Coco):
    name = "yolo"

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        classes = {finding.slug: place for place, finding in enumerate(scope.findings.values())}
        names, lists = Names(), defaultdict[str, list[PurePosixPath]](list)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for picture in pictures_read(parts):
                if not told_whole(picture, classes):
                    continue
                path = names.of(picture)
                lists[picture.split].append(path)
                lines = [_line(picture, shape, classes) for shape in picture.shapes]
                archive.writestr(str("labels" / path.with_suffix(".txt")), "".join(lines))
            for split in (TRAIN, VAL, TEST):
                archive.writestr(f"{split}.txt", "".join(f"./images/{path}\n" for path in lists[split]))
            archive.writestr("data.yaml", _data(scope))


def told_whole(picture: Picture, classes: Iterable[str]) -> bool:
    """Whether its boxes are all there is to see of these findings."""
    outlined = {shape.finding for shape in picture.shapes}
    if picture.frames > 1:
        return False
    if any(value == "present" and slug not in outlined for slug, value in picture.values.items()):
        return False
    return bool(outlined) or all(picture.values.get(slug) == "absent" for slug in classes)


def _line(picture: Picture, shape: Shape, classes: dict[str, int]) -> str:
    x, y, width, height = box_of(shape.points)
    shares = (x + width / 2) / picture.columns, (y + height / 2) / picture.rows
    size = width / picture.columns, height / picture.rows
    return " ".join([str(classes[shape.finding]), *(f"{share:.6f}" for share in (*shares, *size))]) + "\n"


def _data(scope: Scope) -> str:
    """YAML; a text in JSON's quotes is one in YAML, too."""
    lines = ["path: .", f"train: {TRAIN}.txt", f"val: {VAL}.txt", f"test: {TEST}.txt", "names:"]
    for place, finding in enumerate(scope.findings.values()):
        lines.append(f"  {place}: {json.dumps(finding.name, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
