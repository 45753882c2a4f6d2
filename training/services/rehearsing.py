"""A rehearsal: simulated readers use the same services as people do, and the learning curve is stored.

The readers know the truth and err at a given rate. Before the first model the queue is drawn at random. Then the
project's strategy draws it, and after every round a scout on the newest labels is measured on the reference set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

import numpy as np
from django.db import transaction

from inference.engine.metrics import auroc, average_precision
from inference.engine.outputs import OutputLayout
from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Read, Selection
from labeling.queries.labels import evaluation_labels, training_labels
from labeling.queries.selections import strategy_failure
from labeling.services import labels_refresh
from labeling.services.scout import scout_scores
from labeling.services.selection import queue_fill, selection_reproduces
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
from training.services.simulated_readers import Truth, read_all


@dataclass(frozen=True)
class RehearsalPlan:
    """How a rehearsal goes. Stored with its curve, so the fields keep their names.

    `retrain_every`: rounds between slow runs, 0 for none but the first model's. The first round that allows a run
    always has one. Raises ValueError for a value out of range.
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
    """One round of the learning curve. Its metrics are on the reference set, None before there is a model.

    `identical`: whether the pure strategy draws the same cases again; None where that was not asked or nothing was drawn.
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
    """Run a rehearsal in a project of its own. `truth` answers its images: image → finding slug → answer.

    verify: draw every round's selection again, by the pure strategy from the stored arrays and seed. The rehearsal ends
    early once no image is left; its last round is then the last that read anything. Raises RuntimeError where the
    strategy cannot be asked, or a run does not finish.
    """
    # One generator for everything that is random, so that a seed repeats the whole rehearsal.
    rng = np.random.default_rng(plan.seed)
    curve: list[RehearsalRound] = []
    for number in range(1, plan.rounds + 1):
        drawn = queue_fill(project=project, size=plan.per_round, seed=int(rng.integers(2**62)))
        if failure := strategy_failure(project):
            raise RuntimeError(failure.reason)
        identical = None
        if verify and drawn:
            identical = selection_reproduces(selection=drawn, size=plan.per_round)
        images = set(read_all(project=project, truth=truth, readers=readers, error_rate=plan.error_rate, rng=rng))
        if drawn is None and not images:
            break
        _refresh_labels(project, images)
        if _is_time_to_train(project, plan, number):
            _train(project, plan)
        curve.append(replace(_round(project, number), identical=identical))
        on_round(curve[-1])
    return _store(project, readers, plan, curve)


@transaction.atomic
def rehearsal_remove(*, project: Project, readers: Sequence[User]) -> bool:
    """Remove project and readers of a rehearsal that never began. Once an image is in, nothing is removed: False."""
    if project.enrolments.exists():
        return False
    event_append(verb="rehearsal.remove", target=project, project=project.pk)
    project.dataset_imports.all().delete()
    project.delete()
    User.objects.filter(pk__in=[reader.pk for reader in readers]).delete()
    return True


def _store(
    project: Project, readers: Sequence[User], plan: RehearsalPlan, curve: Iterable[RehearsalRound]
) -> Rehearsal:
    parameters = asdict(plan)
    parameters["readers"] = len(readers)
    parameters["selections"] = Selection.objects.filter(project=project).count()
    return Rehearsal.objects.create(project=project, parameters=parameters, curve=[asdict(each) for each in curve])


def _refresh_labels(project: Project, images: set[UUID]) -> None:
    """Derive the labels of these images now. Outside a rehearsal a job does it after each read."""
    reads = Read.objects.filter(project=project, image__in=images)
    for read in reads.select_related("image__study__patient").distinct():
        labels_refresh(project=project, image=read.image)


def _is_time_to_train(project: Project, plan: RehearsalPlan, number: int) -> bool:
    if champion_of(project) is None:
        return True
    return plan.retrain_every > 0 and number % plan.retrain_every == 0


def _train(project: Project, plan: RehearsalPlan) -> None:
    """One slow run, judged and promoted as the project's gate allows. Does nothing where there is too little to learn."""
    try:
        run = run_request(project=project, trigger="command", why="Rehearsal", seed=plan.seed)
    except NothingToLearn:
        return
    _work_off(run_key(run))
    finished = Run.objects.get(pk=run.pk)
    if finished.pipeline is None:
        raise RuntimeError(f"The run did not finish: {finished.error or Job.objects.get(key=run_key(run)).error}")
    _work_off(judge_key(finished.pipeline))
    verdict = Verdict.objects.filter(challenger=finished.pipeline).latest("created_at")
    try:
        model_promote(verdict=verdict, signed_by=project.memberships.earliest("pk").user, reason="Rehearsal")
    except GateClosed:
        return
    # The promoted model scores every image before the next round draws from its scores.
    run_all(queues=("inference",))


def _work_off(key: str) -> None:
    """Do one job here. Raises RuntimeError where a worker has claimed it."""
    job = job_claim(pk=Job.objects.get(key=key).pk, worker=worker_name())
    if job is None:
        raise RuntimeError(
            "A worker took the rehearsal's job. Stop the workers, or rehearse in a data folder of its own."
        )
    work(job)


def _round(project: Project, number: int) -> RehearsalRound:
    """Where the project stands after a round."""
    labels = training_labels(project)
    positives = 0
    for of_image in labels.values():
        positives += sum(label.value == 1.0 for label in of_image.values())
    pipeline = champion_of(project)
    if pipeline is None:
        return RehearsalRound(number, len(labels), positives, None, None, None)
    macro_auroc, macro_precision = _macro_metrics(project, pipeline)
    return RehearsalRound(number, len(labels), positives, pipeline.number, macro_auroc, macro_precision)


def _macro_metrics(project: Project, pipeline: Pipeline) -> tuple[float | None, float | None]:
    """Macro AUROC and average precision of the scout, 0 to 1. Each None where no finding has both answers.

    Measured over the binary findings of the reference set.
    """
    table = scout_scores(project=project, pipeline=pipeline)
    if table is None:
        return None, None
    row_of = table.rows()
    labels = {image: values for image, values in evaluation_labels(project).items() if image in row_of}
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    areas: list[float] = []
    precisions: list[float] = []
    for output, columns in zip(layout, layout.slices, strict=True):
        # An uncertain label (0.5) is no truth to measure against.
        known = [image for image, values in labels.items() if values.get(output.name) in (0.0, 1.0)]
        truth = np.array([labels[image][output.name] for image in known])
        if output.kind == "binary" and len(np.unique(truth)) == 2:
            scores = table.values[[row_of[image] for image in known], columns.start].astype(np.float64)
            areas.append(auroc(truth, scores))
            precisions.append(average_precision(truth, scores))
    return _mean(areas), _mean(precisions)


def _mean(values: Sequence[float]) -> float | None:
    if not values:
        return None
    return float(np.mean(values))
