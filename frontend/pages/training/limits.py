"""Time limits: a fitting one for a number of epochs, and the effect of a run's own, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from frontend.pages.training.words import duration
from overread.projects.models import Project
from training.models import Run
from training.queries.runs import EpochsDone, epochs_done, runs_similar

SPARE = 1.5  # times what the epochs took, so that a slower hour does not cut a run short
NEWEST = 5  # runs that are looked at: most have an epoch behind them


def fitting_limit(project: Project, *, architecture: str, size: int, epochs: int) -> float:
    """Seconds for so many epochs, with half as much to spare; 0, no limit, if no such network was trained here.

    Measured on the project's newest run with this architecture and image side that has finished an epoch.
    """
    for run in runs_similar(project, architecture=architecture, size=size)[:NEWEST]:
        done = epochs_done([run]).get(run.pk, EpochsDone())
        if done.epochs:
            return float(round(SPARE * epochs * done.seconds / done.epochs))
    return 0.0


def limit_of(run: Run) -> float:
    """Seconds of training the recipe allows; 0 for any."""
    return float(run.recipe.get("time_limit_s") or 0.0)


def shortened(run: Run, done: EpochsDone) -> bool:
    """Whether the time limit ended a finished run before the epochs of its recipe."""
    if not limit_of(run) or run.state != Run.State.FINISHED or not 0 < done.epochs < run.recipe["epochs"]:
        return False
    if not run.recipe.get("patience"):
        return True
    # Patience ends a run as well. It was the limit if one more epoch would not have fitted.
    return done.seconds + done.seconds / done.epochs > limit_of(run)


def cut_words(run: Run, done: EpochsDone) -> str:
    """ "16 of 100 epochs, time limit 40 s"; "" for a run that its limit did not end."""
    if not shortened(run, done):
        return ""
    return _("%(done)d of %(asked)d epochs, time limit %(limit)s") % _told(run, done)


def _told(run: Run, done: EpochsDone) -> dict[str, object]:
    return {"done": done.epochs, "asked": run.recipe["epochs"], "limit": duration(limit_of(run))}


def limit_words(run: Run, done: EpochsDone) -> str:
    """The time limit of a run and what it did; "" for a run without one."""
    if not limit_of(run):
        return ""
    told = _told(run, done)
    if shortened(run, done):
        return _("%(limit)s of training; it ended this run after %(done)d of %(asked)d epochs") % told
    if run.state in Run.ACTIVE:
        return _("%(limit)s of training; as many of the %(asked)d epochs as fit into it") % told
    return _("%(limit)s of training") % told
