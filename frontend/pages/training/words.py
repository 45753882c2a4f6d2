"""Training runs in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from labeling.models import Selection
from labeling.queries.labels import reads_teaching
from labeling.queries.selections import newest_batch
from overread.projects.models import Finding, Project
from training.models import Run, Snapshot


class SnapshotFinding(TypedDict):
    """A finding as a snapshot has frozen it."""

    slug: str
    name: str
    kind: str
    options: list[str]


class RunProgress(TypedDict, total=False):
    """The progress that a run reports (Run.progress). Which members it has depends on `stage`."""

    stage: str
    done: int  # images, while loading
    total: int
    epoch: int  # counted from 1, while training
    epochs: int
    step: int
    steps: int
    seconds: float


OUTLIERS_NAMED = 5  # values of a finding that are named; of more, there is an ellipsis

STAGES = {
    # Neither stage can say how far it is: the bar stays full.
    "finishing": gettext_lazy("Calibrating and exporting"),
    "shortcuts": gettext_lazy("Looking for shortcuts"),
}


def duration(seconds: float) -> str:
    """ "2 min 10 s", "1 h 48 min"."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    if minutes:
        return f"{minutes} min {rest:02d} s"
    return f"{rest} s"


def started_by(run: Run) -> str:
    """Why a run started: its policy's reason, or who requested it."""
    if run.why:
        return run.why
    if run.requested_by:
        return _("Started by %(who)s") % {"who": run.requested_by}
    return run.get_trigger_display()


def stage(run: Run) -> tuple[str, float]:
    """What a run does now, and how much of it is done, 0..100."""
    progress: RunProgress = run.progress
    if run.state == Run.State.QUEUED:
        return _("Waiting for a worker"), 0.0
    at = progress.get("stage", "")
    if at == "loading":
        share = progress["done"] / max(progress["total"], 1)
        return _("Loading images: %(done)d of %(total)d") % progress, round(100 * share, 1)
    if at == "training":
        return epoch_words(run), round(100 * share_done(progress), 1)
    if at in STAGES:
        return str(STAGES[at]), 100.0
    return _("Starting"), 0.0


def epoch_words(run: Run) -> str:
    """ "Epoch 5 of about 15". Under a time limit the total is a forecast, in the first epoch only an upper bound."""
    progress: RunProgress = run.progress
    if not run.recipe.get("time_limit_s"):
        return _("Epoch %(epoch)d of %(epochs)d") % progress
    if progress["epochs"] < run.recipe["epochs"]:
        return _("Epoch %(epoch)d of about %(epochs)d") % progress
    return _("Epoch %(epoch)d of at most %(epochs)d") % progress


def share_done(progress: RunProgress) -> float:
    """The share of all epochs that is done, 0..1."""
    done = progress["epoch"] - 1 + progress["step"] / max(progress["steps"], 1)
    return float(min(1.0, max(0.0, done / max(progress["epochs"], 1))))


def time_words(run: Run) -> str:
    """How long a run has taken; while it trains, also about how long it will still take."""
    if run.started_at is None:
        return ""
    so_far = ((run.finished_at or timezone.now()) - run.started_at).total_seconds()
    if run.state not in Run.ACTIVE:
        return duration(so_far)
    told = {"time": duration(so_far)}
    progress: RunProgress = run.progress
    share = share_done(progress) if progress.get("stage") == "training" else 0.0
    # A forecast from the first steps, which are the slowest, would be far too long.
    if share < 0.02:
        return _("%(time)s so far") % told
    told["left"] = duration(progress["seconds"] * (1 - share) / share)
    return _("%(time)s so far, about %(left)s left") % told


def label_count_words(finding: SnapshotFinding, counts: Mapping[str, int]) -> str:
    """ "412 present, 30 uncertain, 900 absent": a snapshot's labels of one finding. `counts`: by value."""
    if finding["kind"] == Finding.Kind.BINARY:
        names = {"1": _("present"), "0.5": _("uncertain"), "0": _("absent")}
    else:
        names = {str(index): option for index, option in enumerate(finding["options"])}
    told = [f"{counts[value]} {name}" for value, name in names.items() if value in counts]
    if not told:
        return _("%(count)d measured") % {"count": sum(counts.values())}
    return ", ".join(told)


def snapshot_notes(snapshot: Snapshot) -> list[str]:
    """What is wrong with a snapshot's labels, a sentence each. Snapshots of earlier builds have noted nothing."""
    counts = snapshot.counts
    names = {finding["slug"]: finding["name"] for finding in snapshot.findings}
    notes = []
    for slug, left_out in counts.get("left_out", {}).items():
        notes.append(_left_out_words(names.get(slug, slug), left_out))
    for slug, far in counts.get("outliers", {}).items():
        notes.append(_outlier_words(names.get(slug, slug), far))
    for finding in snapshot.findings:
        if len(counts["findings"].get(finding["slug"], {})) == 1:
            only = label_count_words(finding, counts["findings"][finding["slug"]])
            notes.append(
                _("%(finding)s: %(labels)s and no other answer, so there is nothing to learn of it.")
                % {"finding": finding["name"], "labels": only}
            )
    return notes


def _left_out_words(name: str, count: int) -> str:
    words = ngettext(
        "%(count)d label of %(finding)s was left out: its number does not fit the finding.",
        "%(count)d labels of %(finding)s were left out: their numbers do not fit the finding.",
        count,
    )
    return words % {"count": count, "finding": name}


def _outlier_words(name: str, far: Mapping[str, int]) -> str:
    """ "3 labels of Bone age lie far outside the others: −9999 (3). …": the most frequent values first."""
    ranked = sorted(far.items(), key=lambda item: -item[1])
    values = ", ".join(f"{value.replace('-', '−', 1)} ({count})" for value, count in ranked[:OUTLIERS_NAMED])
    if len(ranked) > OUTLIERS_NAMED:
        values += ", …"
    count = sum(far.values())
    words = ngettext(
        "%(count)d label of %(finding)s lies far outside the others: %(values)s. It trains all the same; limits of the finding "
        "would leave it out.",
        "%(count)d labels of %(finding)s lie far outside the others: %(values)s. They train all the same; limits of the "
        "finding would leave them out.",
        count,
    )
    return words % {"count": count, "finding": name, "values": values}


def next_run(project: Project, last: Run | None) -> str:
    """When the project's policies start the next run, in a sentence."""
    new_reads = reads_teaching(project).count() - (last.labels_seen if last else 0)
    conditions = []
    if project.retrain_labels:
        missing = max(project.retrain_labels - new_reads, 0)
        conditions.append(_("after %(count)d more reads") % {"count": missing})
    if project.retrain_hours:
        since = last.created_at if last else project.created_at
        left = since + timedelta(hours=project.retrain_hours) - timezone.now()
        if left > timedelta(0):
            conditions.append(_("in %(time)s") % {"time": duration(left.total_seconds())})
        elif new_reads:
            conditions.append(_("within a minute"))
        else:
            conditions.append(_("as soon as there is a new read"))
    if not conditions:
        return _("No automatic run: the project's settings ask for none.")
    return _("Next automatic run: %(when)s.") % {"when": _(" or ").join(conditions)}


ARMS = {
    "exploit": ngettext_lazy("%(count)d chosen by the strategy", "%(count)d chosen by the strategy", "count"),
    "audit": ngettext_lazy("%(count)d random audit", "%(count)d random audits", "count"),
    "gold": ngettext_lazy("%(count)d known answer", "%(count)d known answers", "count"),
    "repeat": ngettext_lazy("%(count)d repeat", "%(count)d repeats", "count"),
    "relabel": ngettext_lazy("%(count)d second look", "%(count)d second looks", "count"),
}


def newest_batch_words(project: Project) -> str:
    """The newest batch: its cases of each arm, the number wanted, and the expected reading time."""
    batch = newest_batch(project)
    if batch is None or not batch.drawn:
        return ""
    arms = ", ".join(filter(None, (_arm_words(batch, arm) for arm in ARMS)))
    words = _("Newest batch of the queue: %(arms)s.") % {"arms": arms}
    if batch.minutes is None:
        return words
    minutes = max(round(batch.minutes), 1)
    spent = ngettext("About %(minutes)d minute of reading.", "About %(minutes)d minutes of reading.", minutes)
    return words + " " + spent % {"minutes": minutes}


def _arm_words(batch: Selection, arm: str) -> str:
    """ "2 random audits (6 wanted)"; "" for an arm that has no case and wanted none."""
    count = batch.drawn.get(arm, 0)
    drawn = ARMS[arm] % {"count": count}
    if batch.size is None:  # a batch from before its size was recorded
        return drawn if count else ""
    wanted = round(batch.size * batch.shares.get(arm, 0))
    if not count and not wanted:
        return ""
    return _("%(came)s (%(wanted)d wanted)") % {"came": drawn, "wanted": wanted}
