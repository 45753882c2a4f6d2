"""What the archive's jobs do."""

from __future__ import annotations

from overread.archive import services
from overread.archive.jobs import RENDER
from overread.archive.models import Image
from overread.jobs.registry import job
from overread.jobs.running import Lease


@job(RENDER, queue="io", shared=True)
def render(job: Lease, *, image: str) -> None:
    services.image_render(image=Image.objects.get(pk=image), lease=job)
