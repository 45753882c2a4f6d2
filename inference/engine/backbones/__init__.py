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
    """What each file here offers: D, its first convolution's weight, torchvision's weights if any, `build`."""

    DIMENSION: int
    STEM: str
    WEIGHTS: type[Enum] | None

    def build(self, channels: int) -> nn.Module:
        """A freshly initialised backbone for images of 1 or 3 channels."""


def names() -> tuple[str, ...]:
    """The architectures there are, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Architecture:
    """The architecture of this name. Raises ValueError naming those there are."""
    if name not in names():
        raise ValueError(f"No architecture is called {name!r}; there are {', '.join(names())}.")
    return cast(Architecture, importlib.import_module(f"{__name__}.{name}"))


def build(name: str, channels: int) -> nn.Module:
    """A freshly initialised backbone for images of 1 or 3 channels."""
    if channels not in (1, 3):
        raise ValueError(f"A backbone takes 1 or 3 channels, not {channels}.")
    return find(name).build(channels)
