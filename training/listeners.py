"""What training does on events from the rooms below, and how it checks its policies in a project's settings."""

from typing import Any

from labeling.events import LabelsChanged
from overread.events import listen
from overread.projects.declared import declared
from overread.projects.policies import policy_check
from training.jobs import due_request


@listen(LabelsChanged)
def run_follow_labels(event: LabelsChanged) -> None:
    due_request(project=event.project)


@policy_check("recipe")
def recipe_check(fields: Any) -> None:
    from training.engine.recipe import Recipe

    declared(fields, Recipe)


@policy_check("gate_policy")
def gate_policy_check(fields: Any) -> None:
    from training.engine.evaluation.policy import GatePolicy

    declared(fields, GatePolicy)
