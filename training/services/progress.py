"""How far a run is, told to its row and to its job."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from overread.jobs.running import Lease
from training.engine.results import Progress
from training.models import Epoch, Run

REPORT_EVERY_S = 1.0  # a page polls about as often; more would only be writes to the database


class ProgressReporter:
    """Writes a run's progress at most once a second. Raises LeaseLost, which ends the work, once the lease is lost."""

    def __init__(self, run: Run, lease: Lease) -> None:
        self.run = run
        self.lease = lease
        self.reported_at = 0.0

    def __call__(self, stage: str, *, now: bool = False, **facts: Any) -> None:
        if not now and time.monotonic() - self.reported_at < REPORT_EVERY_S:
            return
        self.reported_at = time.monotonic()
        progress = {"stage": stage, **facts}
        # The lease goes first: a worker that lost it must not write to the run any more.
        self.lease.progress(**progress)
        Run.objects.filter(pk=self.run.pk, state=Run.State.RUNNING).update(progress=progress)

    def epoch(self, progress: Progress) -> None:
        """Report what the training loop tells. A complete epoch is also stored for the curves."""
        # After its last step an epoch is complete only once it is validated.
        complete = progress.step == progress.steps and progress.validation_loss is not None
        mean_auroc = None
        if progress.validation_auroc:
            mean_auroc = float(np.mean(list(progress.validation_auroc.values())))
        if complete and progress.epoch:
            self._store(progress, mean_auroc)
        self(
            "training",
            now=complete,
            epoch=progress.epoch,
            epochs=progress.epochs,
            step=progress.step,
            steps=progress.steps,
            train_loss=progress.train_loss,
            validation_auroc=mean_auroc,
            seconds=progress.seconds,
        )

    def _store(self, progress: Progress, mean_auroc: float | None) -> None:
        # Updated, not created: a resumed run reports its last epoch once more.
        Epoch.objects.update_or_create(
            run=self.run,
            number=progress.epoch,
            defaults={
                "train_loss": progress.train_loss,
                "validation_loss": progress.validation_loss,
                "validation_auroc": mean_auroc,
                "seconds": progress.seconds,
            },
        )
