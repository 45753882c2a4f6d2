"""Architectures by name: a file here, `timm:NAME` for any of timm's, or a module that the operator allows.

A backbone maps (N, C, S, S) to a feature map (N, D, h, w), whose mean over h and w is the embedding. A new file here
needs the names of `Architecture`; nothing else changes. In files of torchvision's networks parameters carry its names, so that
published weights fit. The names cost no torch; finding an architecture loads it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Protocol, cast

from inference.engine import timm_names
from inference.engine.timm_names import TIMM

if TYPE_CHECKING:
    from torch import nn

MODULE = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)+", re.IGNORECASE)
OWN = tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))
ALLOWED: list[str] = []


class UnknownArchitecture(ValueError):
    """No architecture has this name here. The text, which begins with the recipe's field, names others."""


class Architecture(Protocol):
    """What each file here, and each module of the operator's, defines.

    WEIGHTS: torchvision's, None for an architecture of our own.
    """

    @property
    def WEIGHTS(self) -> type[Enum] | None: ...  # noqa: N802  (a constant of the module)

    def build(self, channels: int, size: int) -> nn.Module:
        """A freshly initialised backbone for images (N, channels, size, size); `channels` is 1 or 3."""


def allow(paths: Iterable[str]) -> None:
    """Let recipes name the modules of these dotted paths, in place of those allowed before.

    They run as code with the rights of a worker, so the operator decides, never a recipe. Raises ValueError for what is no
    dotted path.
    """
    allowed = list(paths)
    for path in allowed:
        if not MODULE.fullmatch(path):
            raise ValueError(f"{path!r} is no dotted path of a module, such as ours.networks.")
    ALLOWED[:] = allowed


def names() -> tuple[str, ...]:
    """The files here and the modules allowed, sorted. timm's are `timm_names.names()`: too many to choose from."""
    return tuple(sorted({*OWN, *ALLOWED}))


def check(name: str) -> None:
    """Raise UnknownArchitecture for a name there is not. Imports nothing, neither torch nor a module of the operator's."""
    if name in names() or (name.startswith(TIMM) and name.removeprefix(TIMM) in timm_names.names()):
        return
    known = list(names())
    if name.startswith(TIMM):
        known = [TIMM + each for each in timm_names.names()]
    near = get_close_matches(name, known, n=5) or list(names())
    told = f"architecture is {name!r}, which is not one there is; there are {', '.join(near)}"
    if MODULE.fullmatch(name):
        told += ", and the modules that the operator lists in ARCHITECTURES"
    raise UnknownArchitecture(f"{told}, and timm:NAME.")


def find(name: str) -> Architecture:
    """The architecture of this name. Raises UnknownArchitecture; ImportError where a module of the operator's is not there."""
    check(name)
    if name.startswith(TIMM):
        from inference.engine.timm_backbone import TimmArchitecture

        return TimmArchitecture(name.removeprefix(TIMM))
    if name in OWN:
        return cast(Architecture, importlib.import_module(f"{__name__}.{name}"))
    return cast(Architecture, importlib.import_module(name))


def build(name: str, channels: int, size: int) -> nn.Module:
    """A freshly initialised backbone. Raises ValueError for other than 1 or 3 channels, and for a size it does not take."""
    if channels not in (1, 3):
        raise ValueError(f"channels is {channels}; a backbone takes 1 or 3.")
    return find(name).build(channels, size)
