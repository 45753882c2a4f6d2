"""What a project may set of training and of the gate."""

from __future__ import annotations

from typing import Any

from overread.projects.declared import declared


def recipe_check(fields: Any) -> None:
    """Raises ValidationError in plain words."""
    from training.engine.recipe import Recipe

    declared(fields, Recipe)


def gate_policy_check(fields: Any) -> None:
    """Raises ValidationError in plain words."""
    from training.engine.evaluation.policy import GatePolicy

    declared(fields, GatePolicy)
