"""Class folders: a zip of train/val/test, in each a folder a class, in it the pictures.

A binary finding gives two classes, "Pneumonia" and "no Pneumonia"; a categorical one a class for each option. What is
uncertain, disputed or not assessable is in none. A PNG or JPEG is the stored original; a DICOM file's first frame is a PNG
of half its size, as it is first displayed.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO
from uuid import UUID

from overread.archive import blobs
from overread.archive.models import Rendering
from overread.archive.queries import image_shown
from overread.projects.models import Finding
from training.exports.formats.form import Piece
from training.exports.names import Names, plain, safe
from training.exports.pictures import Picture, pictures_piece
from training.exports.scope import Scope
from training.exports.tables import Key

IMAGES = 200
SUFFIXES = {"png": ".png", "jpeg": ".jpg"}


class Folders:
    name = "folders"
    kinds: tuple[str, ...] = ("labels",)

    def check(self, scope: Scope, kind: str) -> None:
        findings = list(scope.findings.values())
        if len(findings) != 1 or findings[0].kind == Finding.Kind.MEASUREMENT:
            raise ValueError("Class folders are of one finding with classes: name it with the filter finding.")

    def sources(self, kind: str) -> int:
        return 1

    def piece(self, scope: Scope, kind: str, after: Key) -> Piece | None:
        piece = pictures_piece(scope, after, IMAGES)
        if piece is None:
            return None
        finding = next(iter(scope.findings.values()))
        sorted_in = []
        found = Rendering.objects.filter(image__in=[UUID(each.image) for each in piece.content])
        renderings = {rendering.image_id: rendering for rendering in found}
        for each in piece.content:
            if folder := class_of(finding, each):
                sorted_in.append((folder, each, renderings[UUID(each.image)]))
        return Piece(len(sorted_in), piece.key, sorted_in)

    def write(self, piece: Piece, out: BinaryIO) -> None:
        """A zip of the pictures, each called by its image's key; its name in the end stands in its comment."""
        with zipfile.ZipFile(out, "w") as archive:
            for folder, picture, rendering in piece.content:
                content, suffix = content_of(picture, rendering)
                entry = zipfile.ZipInfo(picture.image)
                path = picture.split / PurePosixPath(plain(folder)) / safe(picture).with_suffix(suffix).name
                entry.comment = str(path).encode()
                archive.writestr(entry, content)

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        names = Names()
        with zipfile.ZipFile(out, "w") as archive:
            for part in parts:
                with zipfile.ZipFile(part) as pictures:
                    for entry in pictures.infolist():
                        path = names.free(PurePosixPath(entry.comment.decode()), entry.filename)
                        renamed = zipfile.ZipInfo(str(path))
                        with pictures.open(entry) as read, archive.open(renamed, "w") as written:
                            shutil.copyfileobj(read, written, 1 << 20)


def class_of(finding: Finding, picture: Picture) -> str:
    """The class that a picture is in; "" for none."""
    value = picture.values.get(finding.slug)
    if value is None or value == "uncertain":
        return ""
    if finding.kind == Finding.Kind.CATEGORICAL:
        return value
    return finding.name if value == "present" else f"no {finding.name}"


def content_of(picture: Picture, rendering: Rendering) -> tuple[bytes, str]:
    """The bytes of a picture, and how its name ends."""
    if picture.kind in SUFFIXES:
        return blobs.get(picture.sha256), SUFFIXES[picture.kind]
    from PIL import Image as Drawing  # here, so that a web process that checks an export starts without it

    out = io.BytesIO()
    Drawing.fromarray(image_shown(rendering)).save(out, "png")
    return out.getvalue(), ".png"
