"""Queuing the images of the reference set. For workers only."""

from __future__ import annotations

import secrets

import numpy as np
from django.db.models import Exists, OuterRef

from labeling.models import Assignment, Purpose, ReferenceLabel
from labeling.selection.reasons import REFERENCE
from overread.archive.models import Study
from overread.archive.queries import readable_in
from overread.projects.models import Project


def reference_queue(*, project: Project) -> int:
    """Queue the reference set's images for as many blind readers as the project wants; imported standards need none."""
    settled = ReferenceLabel.objects.filter(project=project, image=OuterRef("pk"), independent=True)
    queued = Assignment.objects.filter(project=project, image=OuterRef("pk"), purpose=Purpose.REFERENCE)
    images = (
        readable_in(project)
        .filter(study__in=Study.objects.filter(patient__reference=True))  # few: the plan is to begin with these
        .exclude(Exists(settled))
        .exclude(Exists(queued))
    )
    # At random among the other cases, with no seed kept: every reference image is queued, so there is nothing to reproduce.
    rng = np.random.default_rng(secrets.randbits(64))
    rows = []
    for image, rank in zip(images, rng.random(len(images)), strict=True):
        for slot in range(project.reference_readers):
            rows.append(
                Assignment(
                    project=project,
                    image=image,
                    purpose=Purpose.REFERENCE,
                    slot=slot,
                    blind=True,
                    rank=float(rank),
                    probability=None,
                    reason=REFERENCE,
                )
            )
    Assignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)
