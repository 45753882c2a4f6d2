"""Architectures by name. A new one is a new file here with the names of `Architecture`; nothing else changes.

A backbone maps (N, C, S, S) to a feature map (N, DIMENSION, h, w). Its parameters carry torchvision's names, so that
published weights fit. The names cost no torch; finding an architecture loads it.
"""

from __future__ import annotations

import importlib
import pkgutil
from enum import Enum
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from torch import nn


class Architecture(Protocol):
    """What each file here defines.

    DIMENSION: D of the embedding. STEM: the name of the first convolution's weight. WEIGHTS: torchvision's, None for an
    architecture of our own.
    """

    DIMENSION: int
    STEM: str
    WEIGHTS: type[Enum] | None

    def build(self, channels: int) -> nn.Module:
        """A freshly initialised backbone for images of 1 or 3 channels."""


def names() -> tuple[str, ...]:
    """The names of all architectures, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Architecture:
    """The architecture of this name. Raises ValueError, which lists the names, for an unknown one."""
    if name not in names():
        raise ValueError(f"No architecture is called {name!r}; there are {', '.join(names())}.")
    return cast(Architecture, importlib.import_module(f"{__name__}.{name}"))


def build(name: str, channels: int) -> nn.Module:
    """A freshly initialised backbone for images of 1 or 3 channels. Raises ValueError for another number."""
    if channels not in (1, 3):
        raise ValueError(f"A backbone takes 1 or 3 channels, not {channels}.")
    return find(name).build(channels)
