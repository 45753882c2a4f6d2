"""Many people at once, each in a thread and on a database connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import uuid4

from django.db import connection

from overread.archive.models import Enrolment, Image, Study
from overread.archive.services import patient_ensure
from overread.projects.models import Project

One, Said = TypeVar("One"), TypeVar("Said")


def at_once(work: Callable[[One], Said], each: Sequence[One]) -> list[Said]:
    """Do `work` for each, all starting together; what one of them raises is raised."""
    start = threading.Barrier(len(each))

    def begin(one: One) -> Said:
        try:
            connection.ensure_connection()
            start.wait()
            return work(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(begin, each))


def enrol(project: Project, count: int, *, reference: bool = False) -> list[Image]:
    """So many images of as many patients, at whose pixels nobody will look."""
    images = []
    while len(images) < count:
        name = uuid4().hex
        patient = patient_ensure(pseudonym=name)
        if patient.reference != reference:
            continue
        image = Image.objects.create(
            study=Study.objects.create(uid=f"2.25.{uuid4().int}", patient=patient),
            sha256=uuid4().hex * 2,
            kind="png",
            status=Image.Status.READY,
            instance_uid=f"2.25.{uuid4().int}",
            rows=40,
            columns=48,
            bits_stored=8,
            photometric="MONOCHROME2",
        )
        Enrolment.objects.create(project=project, image=image, source="import")
        images.append(image)
    return images
