"""Images with what is known of each, for the forms of files that hold data sets for detection or classification."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import Q

from labeling.models import MEASURING, ImportedRegion, Region
from labeling.queries.labels import labels_standing
from overread.archive.models import Enrolment, Image
from training.engine.dataset import Split, split_by_patient
from training.exports.formats.form import Piece
from training.exports.said import words_of
from training.exports.scope import EXPOSURE, ORIGIN, Scope
from training.exports.tables import Key
from training.models import DatasetRow
from training.services.snapshots import SPLIT_SEED

TRAIN, VAL, TEST = "train", "val", "test"
SOURCES = {"train": TRAIN, "validation": VAL, "test": TEST}


@dataclass(frozen=True)
class Shape:
    """A box or polygon of an image: corners or vertices [[x, y], …] in its pixels."""

    finding: str
    kind: str
    points: list[list[float]]
    frame: int
    origin: str
    reader: str


@dataclass(frozen=True)
class Picture:
    """`values`: finding slug → its label in words, None where it is disputed or not assessable; without those that have no
    label. `split`: test for the reference set, else the source's own, else the project's.
    """

    image: str
    kind: str
    rows: int
    columns: int
    frames: int
    patient: str
    reference_set: bool
    sha256: str
    file: str
    file_sha256: str
    line: int | None
    data_set: str
    split: str
    values: dict[str, str | None]
    shapes: list[Shape]


def pictures_piece(scope: Scope, after: Key, size: int) -> Piece | None:
    """The next images of the project that are decoded and fit the filters, in the order in which they came to it.

    Images of which nothing is known are left out.
    """
    enrolments = Enrolment.objects.filter(
        scope.of_images(), project=scope.project, image__status=Image.Status.READY, pk__gt=after.row
    )
    found = list(enrolments.select_related("image__study__patient").order_by("pk")[:size])
    if not found:
        return None
    pictures = list(_pictures(scope, [enrolment.image for enrolment in found]))
    return Piece(len(pictures), Key(0, found[-1].pk), pictures)


def _pictures(scope: Scope, images: list[Image]) -> Iterator[Picture]:
    keys = [image.pk for image in images]
    values, shapes, sources = _values(scope, keys), _shapes(scope, keys), _sources(scope, keys)
    for image in images:
        if not values[image.pk] and not shapes[image.pk]:
            continue
        source = sources.get(image.pk, DatasetRow())
        yield Picture(
            image=str(image.pk),
            kind=image.kind,
            rows=image.rows,
            columns=image.columns,
            frames=image.frames,
            patient=image.patient.pseudonym,
            reference_set=image.patient.reference,
            sha256=image.sha256,
            file=source.file,
            file_sha256=source.file_sha256,
            line=source.number,
            data_set=source.dataset.name if source.pk else "",
            split=split_of(image.patient.reference, source.split, image.patient.pseudonym),
            values=values[image.pk],
            shapes=shapes[image.pk],
        )


def split_of(reference: bool, source: str, pseudonym: str) -> str:
    """Where an image goes. The reference set is never trained on, whatever its source says."""
    if reference:
        return TEST
    if source in SOURCES:
        return SOURCES[source]
    return VAL if split_by_patient([pseudonym], SPLIT_SEED)[0] == Split.VALIDATION else TRAIN


def _values(scope: Scope, images: list[UUID]) -> dict[UUID, dict[str, str | None]]:
    labels = labels_standing(scope.project).filter(image__in=images, finding__in=list(scope.findings))
    labels = labels.filter(scope.having(**{EXPOSURE: "exposure", ORIGIN: "origin"}))
    found: dict[UUID, dict[str, str | None]] = defaultdict(dict)
    for image, pk, value in labels.values_list("image", "finding", "value"):
        finding = scope.findings[pk]
        found[image][finding.slug] = words_of(finding, value)
    return found


def _shapes(scope: Scope, images: list[UUID]) -> dict[UUID, list[Shape]]:
    """Those of each reader's last read, and those imported; not those of reads that measure a reader."""
    found: dict[UUID, list[Shape]] = defaultdict(list)
    drawn = Region.objects.filter(read__image__in=images, read__superseded_by=None, finding__in=list(scope.findings))
    drawn = drawn.exclude(read__assignment__purpose__in=MEASURING).select_related("read__reader").order_by("pk")
    for region in drawn if _wanted(scope, "read") else ():
        shape = _shape(scope, region, "read", str(region.read.reader))
        found[region.read.image_id].append(shape)
    came = ImportedRegion.objects.filter(image__in=images, source__withdrawal=None, finding__in=list(scope.findings))
    for given in came.order_by("pk") if _wanted(scope, "imported") else ():
        found[given.image_id].append(_shape(scope, given, "imported", given.reader))
    return found


def _wanted(scope: Scope, origin: str) -> bool:
    return not scope.values(ORIGIN) or origin in scope.values(ORIGIN)


def _shape(scope: Scope, region: Region | ImportedRegion, origin: str, reader: str) -> Shape:
    finding = scope.findings[region.finding_id]
    return Shape(finding.slug, region.kind, region.points, region.frame, origin, reader)


def _sources(scope: Scope, images: list[UUID]) -> dict[UUID, DatasetRow]:
    rows = DatasetRow.objects.filter(Q(dataset__project=scope.project, image__in=images)).select_related("dataset")
    return {row.image_id: row for row in rows.order_by("-pk") if row.image_id}  # the first of an image stays


def pictures_write(pictures: Iterable[Picture], out: BinaryIO) -> None:
    for picture in pictures:
        out.write(json.dumps(asdict(picture), ensure_ascii=False).encode() + b"\n")


def pictures_read(parts: Iterable[BinaryIO]) -> Iterator[Picture]:
    for part in parts:
        for line in part:
            told: dict[str, Any] = json.loads(line)
            told["shapes"] = [Shape(**shape) for shape in told["shapes"]]
            yield Picture(**told)
