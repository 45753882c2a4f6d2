"""Which images may be chosen, as arrays: a hundred thousand of them in a few questions to the database."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from numpy.typing import NDArray

from inference.memmap_cache import Ids, ids_of_text, uuids_of
from labeling.models import Assignment, Read, ReferenceLabel, Selection
from labeling.services.selection.viewing import Numbered
from overread.archive.models import Enrolment, Image
from overread.archive.queries import readable_in
from overread.projects.models import Project

OPEN = (Assignment.State.QUEUED, *Assignment.RESERVED)


@dataclass(frozen=True)
class Candidates:
    """Images (N,), ascending by id, and whose each is (N,), as the patients' keys."""

    images: Ids
    patients: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)

    def numbered(self, rows: NDArray[np.int64]) -> Numbered:
        return Numbered(self.images[rows], rows, len(self))

    def image(self, row: int) -> UUID:
        return uuids_of(self.images[row : row + 1])[0]


def candidates_of(project: Project) -> QuerySet[Image]:
    """Images that may be chosen for training: ready, not of the reference set, not read, not labelled, not in the
    queue.
    """
    images = readable_in(project).filter(study__patient__reference=False)
    reads, labels, queued = _taken(project)
    images = images.exclude(Exists(reads.filter(image=OuterRef("pk")))).exclude(
        Exists(labels.filter(image=OuterRef("pk")))
    )
    return images.exclude(Exists(queued.filter(image=OuterRef("pk"))))


def candidates_find(project: Project, *, before: Selection | None = None) -> Candidates:
    """The same images as `candidates_of` has, as arrays; with those that this selection has put into the queue."""
    enrolled = Enrolment.objects.filter(
        project=project, mismatch="", image__status=Image.Status.READY, image__study__patient__reference=False
    )
    found = enrolled.annotate(hex=Cast("image_id", TextField())).values_list("hex", "image__study__patient")
    images, patients = zip(*found.iterator(10_000), strict=True) if found.exists() else ((), ())
    ids, keys = ids_of_text(images), np.array(patients, np.int64)
    order = np.argsort(ids)
    taken = np.concatenate([_ids(rows) for rows in _taken(project, before)])
    free = order[~np.isin(ids[order], taken)]
    return Candidates(ids[free], keys[free])


def patients_waiting(project: Project, *, before: Selection | None = None) -> NDArray[np.int64]:
    """Whose each image (w,) is that waits to be read, as the patients' keys; without this selection's own.

    None while the queue is empty: a cap on what is in readers' hands would keep the rest from them.
    """
    open_cases = Assignment.objects.filter(project=project, state__in=OPEN)
    open_cases = open_cases.exclude(selection=before) if before else open_cases
    if not open_cases.filter(state=Assignment.State.QUEUED).exists():
        return np.empty(0, np.int64)
    images = open_cases.order_by().values_list("image", "image__study__patient").distinct()
    return np.array([patient for _image, patient in images], np.int64)


def _taken(
    project: Project, before: Selection | None = None
) -> tuple[QuerySet[Read], QuerySet[ReferenceLabel], QuerySet[Assignment]]:
    """What takes an image out of the candidates: a read, a label, a place in the queue."""
    queued = Assignment.objects.filter(project=project).exclude(state=Assignment.State.WITHDRAWN)
    queued = queued.exclude(selection=before) if before else queued
    return Read.objects.filter(project=project), ReferenceLabel.objects.filter(project=project), queued


def _ids(rows: QuerySet[Read] | QuerySet[ReferenceLabel] | QuerySet[Assignment]) -> Ids:
    hexadecimal = rows.order_by().annotate(hex=Cast("image_id", TextField())).values_list("hex", flat=True)
    return ids_of_text(list(hexadecimal.distinct()))
