"""Runs in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from labeling.models import Selection
from labeling.queries.labels import reads_teaching
from labeling.queries.selections import newest_batch
from overread.projects.models import Finding, Project
from training.models import Run

STAGES = {
    "finishing": gettext_lazy("Calibrating and exporting"),
    "shortcuts": gettext_lazy("Looking for shortcuts"),
}


def duration(seconds: float) -> str:
    """ "2 min 10 s", "1 h 48 min"."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def started_by(run: Run) -> str:
    """Why a run started: its policy's reason, or who asked."""
    if run.why:
        return run.why
    return _("Started by %(who)s") % {"who": run.requested_by} if run.requested_by else run.get_trigger_display()


def stage(run: Run) -> tuple[str, float]:
    """What a run is doing now, and how much of that is done, 0..100."""
    told: dict[str, Any] = run.progress
    if run.state == Run.State.QUEUED:
        return _("Waiting for a worker"), 0.0
    if told.get("stage") == "loading":
        share = told["done"] / max(told["total"], 1)
        return _("Loading images: %(done)d of %(total)d") % told, round(100 * share, 1)
    if told.get("stage") == "training":
        return epoch_words(run), round(100 * share_done(told), 1)
    if told.get("stage") in STAGES:
        return str(STAGES[told["stage"]]), 100.0
    return _("Starting"), 0.0


def epoch_words(run: Run) -> str:
    """ "Epoch 5 of about 15": under a time limit the total is a forecast, and before the first one only a bound."""
    told: dict[str, Any] = run.progress
    if not run.recipe.get("time_limit_s"):
        return _("Epoch %(epoch)d of %(epochs)d") % told
    if told["epochs"] < run.recipe["epochs"]:
        return _("Epoch %(epoch)d of about %(epochs)d") % told
    return _("Epoch %(epoch)d of at most %(epochs)d") % told


def share_done(told: dict[str, Any]) -> float:
    """How much of all epochs is done, 0..1."""
    done = told["epoch"] - 1 + told["step"] / max(told["steps"], 1)
    return float(min(1.0, max(0.0, done / max(told["epochs"], 1))))


def time_words(run: Run) -> str:
    """How long a run has taken, and while it trains, about how long it still will."""
    if run.started_at is None:
        return ""
    so_far = ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
    if run.state not in Run.ACTIVE:
        return duration(so_far)
    told = run.progress
    share = share_done(told) if told.get("stage") == "training" else 0.0
    if share < 0.02:
        return _("%(time)s so far") % {"time": duration(so_far)}
    left = told["seconds"] * (1 - share) / share
    return _("%(time)s so far, about %(left)s left") % {"time": duration(so_far), "left": duration(left)}


def label_counts(finding: dict[str, Any], counts: dict[str, int]) -> str:
    """ "412 present, 30 uncertain, 900 absent": a snapshot's labels of one finding."""
    if finding["kind"] == Finding.Kind.BINARY:
        named = {"1": _("present"), "0.5": _("uncertain"), "0": _("absent")}
    else:
        named = {str(place): option for place, option in enumerate(finding["options"])}
    told = [f"{counts[value]} {name}" for value, name in named.items() if value in counts]
    return ", ".join(told) or _("%(count)d measured") % {"count": sum(counts.values())}


def next_run(project: Project, last: Run | None) -> str:
    """What the project's policies say about the next run."""
    fresh = reads_teaching(project).count() - (last.labels_seen if last else 0)
    waits = []
    if project.retrain_labels:
        waits.append(_("after %(count)d more reads") % {"count": max(project.retrain_labels - fresh, 0)})
    if project.retrain_hours:
        since = last.created_at if last else project.created_at
        left = since + timedelta(hours=project.retrain_hours) - timezone.now()
        if left > timedelta(0):
            waits.append(_("in %(time)s") % {"time": duration(left.total_seconds())})
        else:
            waits.append(_("with the next minute") if fresh else _("as soon as there is a new read"))
    if not waits:
        return _("No automatic run: the project's settings ask for none.")
    return _("Next automatic run: %(when)s.") % {"when": _(" or ").join(waits)}


ARMS = {
    "exploit": ngettext_lazy("%(count)d chosen by the strategy", "%(count)d chosen by the strategy", "count"),
    "audit": ngettext_lazy("%(count)d random audit", "%(count)d random audits", "count"),
    "gold": ngettext_lazy("%(count)d known answer", "%(count)d known answers", "count"),
    "repeat": ngettext_lazy("%(count)d repeat", "%(count)d repeats", "count"),
    "relabel": ngettext_lazy("%(count)d second look", "%(count)d second looks", "count"),
}


def newest_batch_words(project: Project) -> str:
    """What the newest batch was made of, beside what was wanted, and how long it should take to read."""
    batch = newest_batch(project)
    if batch is None or not batch.drawn:
        return ""
    told = ", ".join(words for words in (_arm_words(batch, arm) for arm in ARMS) if words)
    words = _("Newest batch of the queue: %(arms)s.") % {"arms": told}
    if batch.minutes is None:
        return words
    minutes = max(round(batch.minutes), 1)
    spent = ngettext("About %(minutes)d minute of reading.", "About %(minutes)d minutes of reading.", minutes)
    return words + " " + spent % {"minutes": minutes}


def _arm_words(batch: Selection, arm: str) -> str:
    """ "2 random audits (6 wanted)": of an arm of which nothing was wanted and nothing came, nothing."""
    count = batch.drawn.get(arm, 0)
    wanted = None if batch.size is None else round(batch.size * batch.shares.get(arm, 0))
    if not count and not wanted:
        return ""
    came = ARMS[arm] % {"count": count}
    return came if wanted is None else _("%(came)s (%(wanted)d wanted)") % {"came": came, "wanted": wanted}
