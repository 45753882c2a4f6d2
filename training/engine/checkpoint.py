"""A run's state after an epoch, in one safetensors file: tensors, and facts in plain JSON.

Pickle is never written or read: a pickle executes code when it is loaded.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from inference.engine.digest import ArtifactError

State = dict[str, Tensor]


@dataclass(frozen=True)
class Checkpoint:
    """Weights, the best epoch's weights, the optimiser's state per parameter, and facts in plain JSON."""

    weights: State
    best_weights: State
    optimiser: dict[int, dict[str, Any]]
    facts: Mapping[str, Any]


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Replace the file at `path` in one step: it holds the old state or the new one, whenever the process dies."""
    partial = path.with_suffix(".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(_named_tensors(checkpoint), partial, metadata={"facts": json.dumps(checkpoint.facts)})
    # Synced before the rename: after a power failure the new name must not lead to an empty file.
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    partial.replace(path)


def read(path: Path) -> Checkpoint:
    """The checkpoint at `path`. Raises ArtifactError when it is not one, FileNotFoundError when there is none."""
    parts: dict[str, State] = {"weights": {}, "kept": {}}
    optimiser: dict[int, dict[str, Tensor]] = {}
    try:
        with safe_open(path, framework="pt") as stored:
            facts = json.loads(stored.metadata()["facts"])
            for key in stored.keys():  # noqa: SIM118  # not a dict
                part, _, name = key.partition("/")
                if part == "optimiser":
                    index, _, field = name.partition("/")
                    optimiser.setdefault(int(index), {})[field] = stored.get_tensor(key)
                else:
                    parts[part][name] = stored.get_tensor(key)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{path.name} is no checkpoint: {error}.") from error
    return Checkpoint(parts["weights"], parts["kept"], optimiser, facts)


def _named_tensors(checkpoint: Checkpoint) -> State:
    """Every tensor under its name in the file. `kept/` holds the best epoch's weights: stored names do not change."""
    tensors: State = {}
    for name, tensor in checkpoint.weights.items():
        tensors[f"weights/{name}"] = _plain(tensor)
    for name, tensor in checkpoint.best_weights.items():
        tensors[f"kept/{name}"] = _plain(tensor)
    for index, state in checkpoint.optimiser.items():
        for name, tensor in state.items():
            tensors[f"optimiser/{index}/{name}"] = _plain(tensor)
    return tensors


def _plain(tensor: Tensor) -> Tensor:
    # safetensors takes neither gradients nor strided views such as channels_last.
    return tensor.detach().cpu().contiguous()


def optimiser_state(optimiser: torch.optim.Optimizer) -> dict[int, dict[str, Any]]:
    """Adam's moments and step of each parameter, by the parameter's index."""
    state: dict[int, dict[str, Any]] = optimiser.state_dict()["state"]
    return state


def optimiser_restore(optimiser: torch.optim.Optimizer, state: Mapping[int, Mapping[str, Any]]) -> None:
    """Load the moments. Settings such as the learning rate stay those of `optimiser`: they come from the recipe."""
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
