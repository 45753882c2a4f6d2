"""A rehearsal: simulated readers go through the same services as people do, and the learning curve is kept.

They know the truth and err at a given rate. Before the first model the queue is drawn at random; then the project's
strategy draws, and after every round a scout on the newest labels is measured on the reference set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from sklearn.metrics import average_precision_score, roc_auc_score

from inference.engine.outputs import OutputLayout
from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Assignment, Read, Selection
from labeling.queries.labels import evaluation_labels, training_labels
from labeling.queries.selections import strategy_failure
from labeling.services import Answers, assignment_claim, labels_refresh, read_submit
from labeling.services.scout import scout_scores
from labeling.services.selection import queue_fill, selection_replays
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.running import run_all, work, worker_name
from overread.jobs.services import job_claim
from overread.projects.models import Project
from training.jobs import judge_key, run_key
from training.models import Rehearsal, Run, Verdict
from training.services.promoting import GateClosed, model_promote
from training.services.runs import NothingToLearn, run_request

Truth = Mapping[UUID, Mapping[str, str]]
OPPOSITE = {"present": "absent", "absent": "present"}


@dataclass(frozen=True)
class RehearsalPlan:
    """How a rehearsal goes. `retrain_every`: rounds between slow runs, the first round that allows one always being
    one.
    """

    rounds: int
    per_round: int
    error_rate: float
    strategy: str
    seed: int = 0
    retrain_every: int = 0

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.per_round < 1:
            raise ValueError("A rehearsal has one round of one case at least.")
        if not 0 <= self.error_rate <= 1:
            raise ValueError(f"An error rate lies in 0 to 1, not {self.error_rate}.")
        if self.retrain_every < 0:
            raise ValueError(f"The rounds between slow runs are 0 or more, not {self.retrain_every}.")


@dataclass(frozen=True)
class RehearsalRound:
    """One round of the curve. Figures are on the reference set, None before there is a model. `identical`: whether the
    pure strategy makes the very picks of the round's selection; None where nobody asked, or nothing was drawn.
    """

    round: int
    labels: int
    positives: int
    model: int | None
    macro_auroc: float | None
    macro_average_precision: float | None
    identical: bool | None = None


def rehearse(
    *,
    project: Project,
    truth: Truth,
    readers: Sequence[User],
    plan: RehearsalPlan,
    on_round: Callable[[RehearsalRound], None],
    verify: bool = False,
) -> Rehearsal:
    """Run a rehearsal in a project of its own, whose images `truth` answers (image → finding slug → answer).

    verify: draw every round's selection again, by the pure strategy from the stored arrays and seed. It ends early, its
    curve with the last round that read anything, once no image is left. Raises RuntimeError where the strategy cannot be
    asked, or a run does not finish.
    """
    rng = np.random.default_rng(plan.seed)
    curve = []
    for number in range(1, plan.rounds + 1):
        drawn = queue_fill(project=project, size=plan.per_round, seed=int(rng.integers(2**62)))
        if failure := strategy_failure(project):
            raise RuntimeError(failure.reason)
        identical = selection_replays(selection=drawn, size=plan.per_round) if verify and drawn else None
        images = set(_read_all(project, truth, readers, plan, rng))
        if drawn is None and not images:
            break
        for read in (
            Read.objects.filter(project=project, image__in=images).select_related("image__study__patient").distinct()
        ):
            labels_refresh(project=project, image=read.image)
        if champion_of(project) is None or (plan.retrain_every and number % plan.retrain_every == 0):
            _train(project, plan)
        curve.append(replace(_point(project, number), identical=identical))
        on_round(curve[-1])
    return Rehearsal.objects.create(
        project=project,
        parameters=asdict(plan)
        | {"readers": len(readers), "selections": Selection.objects.filter(project=project).count()},
        curve=[asdict(point) for point in curve],
    )


@transaction.atomic
def rehearsal_remove(*, project: Project, readers: Sequence[User]) -> bool:
    """Remove the project and the readers of a rehearsal that never began. False, and nothing is done, where an image was
    taken in.
    """
    if project.enrolments.exists():
        return False
    event_append(verb="rehearsal.remove", target=project, project=project.pk)
    project.dataset_imports.all().delete()
    project.delete()
    User.objects.filter(pk__in=[reader.pk for reader in readers]).delete()
    return True


def _read_all(
    project: Project, truth: Truth, readers: Sequence[User], plan: RehearsalPlan, rng: np.random.Generator
) -> Iterator[UUID]:
    """Let the readers take turns until no case waits for any of them. Yields the images that were read."""
    idle = 0
    while idle < len(readers):
        for reader in readers:
            assignment = assignment_claim(project=project, reader=reader)
            if assignment is None:
                idle += 1
                continue
            idle = 0
            values = {slug: _say(value, plan.error_rate, rng) for slug, value in truth[assignment.image_id].items()}
            yield _answer(assignment, reader, values, rng)


def _answer(assignment: Assignment, reader: User, values: Mapping[str, str], rng: np.random.Generator) -> UUID:
    """Answer a case; where the model is revealed after a first read, stand by that read."""
    while assignment.state in Assignment.HELD:
        read_submit(assignment=assignment, reader=reader, answers=Answers(values), key=UUID(bytes=rng.bytes(16)))
        before = assignment.state
        assignment.refresh_from_db()
        if before == assignment.state or assignment.state == Assignment.State.REVEALED:
            Assignment.objects.filter(pk=assignment.pk).update(state=Assignment.State.DONE, lease_until=None)
            break
    return assignment.image_id


def _say(value: str, error_rate: float, rng: np.random.Generator) -> str:
    """The truth, or with the error rate its opposite."""
    return OPPOSITE.get(value, value) if rng.random() < error_rate else value


def _train(project: Project, plan: RehearsalPlan) -> None:
    """One slow run, judged and promoted as the project's gate allows; nothing where there is too little to learn."""
    try:
        run = run_request(project=project, trigger="command", why="Rehearsal", seed=plan.seed)
    except NothingToLearn:
        return
    _do(run_key(run))
    finished = Run.objects.get(pk=run.pk)
    if finished.pipeline is None:
        raise RuntimeError(f"The run did not finish: {finished.error or Job.objects.get(key=run_key(run)).error}")
    _do(judge_key(finished.pipeline))
    verdict = Verdict.objects.filter(challenger=finished.pipeline).latest("created_at")
    try:
        model_promote(verdict=verdict, signed_by=project.memberships.earliest("pk").user, reason="Rehearsal")
    except GateClosed:
        return
    run_all(queues=("inference",))


def _do(key: str) -> None:
    job = job_claim(pk=Job.objects.get(key=key).pk, worker=worker_name())
    if job is None:
        raise RuntimeError(
            "A worker took the rehearsal's job. Stop the workers, or rehearse in a data folder of its own."
        )
    work(job)


def _point(project: Project, number: int) -> RehearsalRound:
    labels = training_labels(project)
    positives = sum(label.value == 1.0 for said in labels.values() for label in said.values())
    pipeline = champion_of(project)
    area, precision = _figures(project, pipeline) if pipeline else (None, None)
    return RehearsalRound(number, len(labels), positives, pipeline.number if pipeline else None, area, precision)


def _figures(project: Project, pipeline: Pipeline) -> tuple[float | None, float | None]:
    """Macro AUROC and average precision of the scout over the binary findings that have both answers."""
    table = scout_scores(project=project, pipeline=pipeline)
    if table is None:
        return None, None
    said, rows = evaluation_labels(project), table.rows()
    images = [image for image in said if image in rows]
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    areas, precisions = [], []
    for output, columns in zip(layout, layout.slices, strict=True):
        known = [image for image in images if said[image].get(output.name) in (0.0, 1.0)]
        truth = [said[image][output.name] for image in known]
        if output.kind == "binary" and len(set(truth)) == 2:
            scores = table.values[[rows[image] for image in known], columns.start].astype(np.float64)
            areas.append(roc_auc_score(truth, scores))
            precisions.append(average_precision_score(truth, scores))
    return (_mean(areas), _mean(precisions))


def _mean(values: Sequence[Any]) -> float | None:
    return float(np.mean(values)) if values else None
