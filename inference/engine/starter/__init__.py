"""Overread's starter: weights made of public chest films, from which a project may begin (README.md beside this file)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.engine.preparation import Preparation

if TYPE_CHECKING:
    from torch import Tensor

NAME = "starter"
ARCHITECTURE = "chest_cnn"
PREPARATION = Preparation(128)
SHA256 = "3fc2cba030a054f26a396d06d2e0e7367a3978bfdc6f0abc7b2bc2439fafeae0"
FILE = Path(__file__).parent / "starter.safetensors"


def state() -> dict[str, Tensor]:
    """The backbone's tensors, float16. Raises ArtifactError when the file is not the one of SHA256, OSError without it."""
    from inference.engine import weights

    return weights.read(FILE, SHA256)
