"""Everything that writes about training. `execution` and `judging` compute and belong to workers and commands."""

from training.services.asking import GateBusy, InUse, model_judge
from training.services.promoting import GateClosed, model_promote, model_roll_back
from training.services.runs import NothingToLearn, RunActive, run_cancel, run_request, runs_due
from training.services.snapshots import snapshot_create

__all__ = [
    "GateBusy",
    "GateClosed",
    "InUse",
    "NothingToLearn",
    "RunActive",
    "model_judge",
    "model_promote",
    "model_roll_back",
    "run_cancel",
    "run_request",
    "runs_due",
    "snapshot_create",
]
