"""A trainer is killed, or asked to end, in the middle of a run: the run goes on from its checkpoint."""

import os
import signal
from collections.abc import Callable

import pytest
from django.utils import timezone

from inference.models import Pipeline
from overread.jobs.models import Job, State
from tests.api.rooms import make_labelled
from tests.factories import make_project
from tests.services.house import House, kill, until
from training.models import Epoch, Run
from training.services import run_request
from training.services.execution import run_folder

EPOCHS = 60


@pytest.fixture
def run(transactional_db: None) -> Run:
    project = make_project()
    make_labelled(project)
    return run_request(project=project, trigger="command", size=32, batch=2, epochs=EPOCHS, threads=1)


def epochs(run: Run) -> dict[int, tuple[float, float]]:
    return {epoch.number: (epoch.train_loss, epoch.seconds) for epoch in Epoch.objects.filter(run=run)}


def test_a_killed_run_goes_on_from_its_checkpoint(run: Run, house: House) -> None:
    trainer = house.worker(queues="training", lease=60)
    until(lambda: len(epochs(run)) >= 3 and any(run_folder(run).iterdir()), "three epochs and a checkpoint")
    kill(trainer)
    before = epochs(run)
    assert len(before) < EPOCHS
    Job.objects.filter(state=State.RUNNING).update(lease_until=timezone.now())
    house.clock()
    house.worker(queues="training,interactive", lease=60)
    until(lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED, "the run has finished")
    after = epochs(run)
    assert sorted(after) == list(range(1, EPOCHS + 1))
    kept = sorted(before)[:-1]  # of the last one the figures were told, but perhaps the checkpoint not yet written
    assert {number: after[number] for number in kept} == {number: before[number] for number in kept}
    job = Job.objects.get(kind="training.run")
    assert (job.state, job.attempts, Pipeline.objects.count()) == (State.DONE, 2, 1)
    until(lambda: not run_folder(run).exists(), "its checkpoint has gone")  # after the commit, by then or soon


@pytest.mark.parametrize("told", [os.killpg, os.kill], ids=["the whole group", "the worker alone"])
def test_a_trainer_asked_to_end_gives_its_run_back(run: Run, house: House, told: Callable[[int, int], None]) -> None:
    trainer = house.worker(queues="training", lease=600)
    until(lambda: len(epochs(run)) >= 3 and any(run_folder(run).iterdir()), "three epochs and a checkpoint")
    told(trainer.pid, signal.SIGTERM)
    assert trainer.wait(120) == 0
    job = Job.objects.get(kind="training.run")
    assert (job.state, job.attempts, len(epochs(run)) < EPOCHS) == (State.QUEUED, 0, True)
    house.clock()
    house.worker(queues="training,interactive", lease=600)
    until(lambda: Run.objects.get(pk=run.pk).state == Run.State.FINISHED, "the run has finished")
    job.refresh_from_db()
    assert (job.attempts, sorted(epochs(run))) == (1, list(range(1, EPOCHS + 1)))
