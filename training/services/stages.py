"""Making the stages that stand before a classifier: fitted to the project's images, or those that come with the product.

For workers and commands only. A stage that was made joins no pipeline by itself: a person composes one, and it meets the gate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import overload

from django.db import transaction

from inference.engine.stages import shipped
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from inference.models import ModelVersion, Stage
from inference.queries import champion_of
from inference.queries.stages import without_abstained
from inference.services.versions import bundle_store, stage_register
from overread.archive.models import Image
from overread.archive.queries import image_input, readable_in
from overread.jobs.running import JobRefused, Lease
from overread.projects.models import Project
from training.engine.stages import gate

GATE_IMAGES_AT_MOST = 2000  # of as many patients; more change its limits little
FALSE_REFUSALS = 0.01


class AcceptedImages(Sequence[StageImage]):
    """Images of a project, each read from the storage when it is asked for, so that one at a time is in memory."""

    def __init__(self, images: list[Image], lease: Lease | None) -> None:
        self._images = images
        self._lease = lease

    def __len__(self) -> int:
        return len(self._images)

    @overload
    def __getitem__(self, place: int) -> StageImage: ...
    @overload
    def __getitem__(self, place: slice) -> AcceptedImages: ...
    def __getitem__(self, place: int | slice) -> StageImage | AcceptedImages:
        if isinstance(place, slice):
            return AcceptedImages(self._images[place], self._lease)
        image = self._images[place]
        if self._lease and place % 20 == 0:
            self._lease.progress(done=place, total=len(self._images))
        return StageImage(image_input(image.rendering), view=image.view)

    def __iter__(self) -> Iterator[StageImage]:
        for place in range(len(self)):
            yield self[place]


def stage_make(*, project: Project, stage: str, lease: Lease | None = None) -> ModelVersion:
    """Make and register a stage of the project. Raises JobRefused where its images do not suffice."""
    if stage == Stage.GATE:
        bundle, facts = gate_fit(project=project, lease=lease)
    else:
        bundle, facts = _shipped(stage)
    bundle_store(bundle)
    with lease.finishing() if lease else nullcontext(), transaction.atomic():
        return stage_register(project=project, bundle=bundle, facts=facts)


def _shipped(stage: str) -> tuple[StageBundle, dict[str, object]]:
    try:
        return shipped.find(stage), {"origin": "comes with the product"}
    except ValueError as unknown:
        raise JobRefused(str(unknown)) from unknown


def gate_fit(*, project: Project, lease: Lease | None = None) -> tuple[StageBundle, dict[str, object]]:
    """A quality gate fitted to the images that the project has accepted. Raises JobRefused for too few."""
    images = accepted_images(project)
    try:
        bundle = gate.fit(AcceptedImages(images, lease), false_refusals=FALSE_REFUSALS)
    except ValueError as few:
        raise JobRefused(str(few)) from few
    digest = hashlib.sha256("".join(image.sha256 for image in images).encode()).hexdigest()
    return bundle, {"images": len(images), "images_sha256": digest, "false_refusals": FALSE_REFUSALS}


def accepted_images(project: Project) -> list[Image]:
    """What a gate is fitted to: an image a patient, labelled ones first, in an order that the content alone decides.

    Not the reference set, which judges the gate, and nothing that the model in use abstains from.
    """
    images = readable_in(project).filter(study__patient__reference=False).select_related("rendering", "study")
    images = without_abstained(images, champion_of(project))
    labelled = set(images.filter(labels__project=project).values_list("pk", flat=True))
    ordered = sorted(images, key=lambda image: (image.pk not in labelled, image.sha256))
    by_patient: dict[int, Image] = {}
    for image in ordered:
        by_patient.setdefault(image.study.patient_id, image)
    return list(by_patient.values())[:GATE_IMAGES_AT_MOST]
