"""What a recipe's time limit makes of its epochs, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from frontend.pages.training.words import duration
from overread.projects.models import Project
from training.models import Run
from training.queries import EpochsDone, epochs_done, runs_similar

SPARE = 1.5  # of what the epochs took
TOLD_BY = 5  # newest runs that are asked


def fitting_limit(project: Project, *, architecture: str, size: int, epochs: int) -> float:
    """Seconds that so many epochs of such a network should take with half as much to spare; 0, no limit, where none ran here.

    Told by the newest run of this project with this architecture and image side that has an epoch behind it.
    """
    for run in runs_similar(project, architecture=architecture, size=size)[:TOLD_BY]:
        done = epochs_done([run]).get(run.pk, EpochsDone())
        if done.epochs:
            return float(round(SPARE * epochs * done.seconds / done.epochs))
    return 0.0


def limit_of(run: Run) -> float:
    """Seconds of training the recipe allows; 0 for any."""
    return float(run.recipe.get("time_limit_s") or 0.0)


def shortened(run: Run, done: EpochsDone) -> bool:
    """Whether the limit ended a finished run before its recipe's epochs; patience does so with time to spare."""
    if not limit_of(run) or run.state != Run.State.FINISHED or not 0 < done.epochs < run.recipe["epochs"]:
        return False
    return not run.recipe.get("patience") or done.seconds + done.seconds / done.epochs > limit_of(run)


def cut_words(run: Run, done: EpochsDone) -> str:
    """ "16 of 100 epochs, time limit 40 s"; "" where the limit shortened nothing."""
    told = {"done": done.epochs, "asked": run.recipe["epochs"], "limit": duration(limit_of(run))}
    return _("%(done)d of %(asked)d epochs, time limit %(limit)s") % told if shortened(run, done) else ""


def limit_words(run: Run, done: EpochsDone) -> str:
    """What a run's page says of its limit; "" where there is none."""
    if not limit_of(run):
        return ""
    told: dict[str, Any] = {"done": done.epochs, "asked": run.recipe["epochs"], "limit": duration(limit_of(run))}
    if shortened(run, done):
        return _("%(limit)s of training; it ended this run after %(done)d of %(asked)d epochs") % told
    if run.state in Run.ACTIVE:
        return _("%(limit)s of training; as many of the %(asked)d epochs as fit into it") % told
    return _("%(limit)s of training") % told
