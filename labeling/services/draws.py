"""A draw that ends early. Any process may be the one that ends it, so this knows nothing of how a draw is made."""

from __future__ import annotations

from labeling.models import Draw
from overread.jobs.models import Job


def draw_give_up(job: Job) -> None:
    """A job of a draw will not be done: the next fill begins anew."""
    which = {"parts": job.arguments["part"]} if "part" in job.arguments else {"pk": job.arguments["draw"]}
    Draw.objects.filter(**which).delete()
