"""Confirmed cases like the one in front of a reader: the nearest images that have a reference label.

Exact search over the embeddings of the model whose prediction the reader was shown. An image is left out unless its labels
may be shown to this user: of the reference set none is, and none that the user has yet to read blind. One image a patient,
and none of the patient in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from numpy.typing import NDArray

from inference.engine.nearest import cosines, highest
from inference.memmap_cache import ids_of, uuids_of
from inference.models import Prediction
from inference.queries import ImageTable
from inference.queries.units import row_of, unit_embeddings_of
from labeling.models import ReferenceLabel
from labeling.queries.labels import labels_standing
from labeling.queries.visibility import answers_withheld
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.queries import readable_in
from overread.projects.models import Project

SHOWN = 6
FEW = 5000  # labelled images: up to so many are looked up first, and nothing but their embeddings is read
FIRST_ASKED = (
    256  # nearest images of which the database is asked first, where more are labelled; twice as many each time
)
MOST_ASKED = 8192  # at once: within what SQLite takes as parameters


@dataclass(frozen=True)
class SimilarCase:
    """An image with its standing labels that have a value, in the project's order. `cosine`: of the embeddings, −1 to 1."""

    image: Image
    cosine: float
    labels: tuple[ReferenceLabel, ...]


def similar_cases(*, prediction: Prediction, project: Project, user: User, count: int = SHOWN) -> list[SimilarCase]:
    """The `count` nearest to the image of a prediction, the nearest first. Empty where it has no embedding any more."""
    table = unit_embeddings_of(prediction.pipeline.space, prediction.image_id)
    row = row_of(table, prediction.image_id)
    if row is None:
        return []
    fit = comparable(project=project, user=user, image=prediction.image)
    found: dict[int, tuple[Image, float]] = {}  # by patient
    for image, cosine in _nearest_first(table, row, fit):
        found.setdefault(image.study.patient_id, (image, cosine))
        if len(found) == count:
            break
    return _with_labels(project, list(found.values()))


def comparable(*, project: Project, user: User, image: Image) -> QuerySet[Image]:
    """The images whose labels this user may see beside this one."""
    labelled = ReferenceLabel.objects.filter(project=project, image=OuterRef("pk"), value__isnull=False)
    others = readable_in(project).filter(Exists(labelled), study__patient__reference=False)
    others = others.exclude(study__patient=image.study.patient_id)
    return others.exclude(pk__in=answers_withheld(user=user, project=project)).select_related("study__patient")


def _nearest_first(table: ImageTable, row: int, fit: QuerySet[Image]) -> Iterator[tuple[Image, float]]:
    """Those of the table that fit with their cosines, the nearest first."""
    few = list(fit.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(few) <= FEW:
        places = table.places(ids_of(few))
        rows = np.sort(places[places >= 0])
        yield from _asked(table, rows, cosines(table.values, table.values[row], rows), fit)
    else:
        yield from _asked(table, None, cosines(table.values, table.values[row]), fit)


def _asked(
    table: ImageTable, rows: NDArray[np.intp] | None, values: NDArray[np.float32], fit: QuerySet[Image]
) -> Iterator[tuple[Image, float]]:
    """The database says of the nearest which of them fit, and of more and more of them until whoever asks has enough."""
    told = 0
    asked = FIRST_ASKED
    while told < len(values):
        order = highest(values, asked)[told:]
        for start in range(0, len(order), MOST_ASKED):
            part = order[start : start + MOST_ASKED]
            names = uuids_of(table.ids[part if rows is None else rows[part]])
            images = fit.in_bulk(names)
            for name, place in zip(names, part, strict=True):
                if name in images:
                    yield images[name], float(values[place])
        told += len(order)
        asked = 2 * told


def _with_labels(project: Project, images: Sequence[tuple[Image, float]]) -> list[SimilarCase]:
    labels = labels_standing(project).filter(image__in=[image for image, _ in images], value__isnull=False)
    by_image: dict[UUID, list[ReferenceLabel]] = {}
    for label in labels.select_related("finding").order_by("finding__order", "finding"):
        by_image.setdefault(label.image_id, []).append(label)
    return [SimilarCase(image, cosine, tuple(by_image.get(image.pk, ()))) for image, cosine in images]
