"""One strategy a file: `<name>.py` holds `<name>(pool, n, *, rng) -> Picks`. Adding a file adds the strategy."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

import numpy as np

from labeling.selection.pool import Picks, Pool


class Strategy(Protocol):
    """Ranks a pool and picks n rows of it, fewer if fewer may be picked; the same rows for the same state of rng.

    It never picks an excluded or labelled row. Raises ValueError for a pool that lacks what it needs.
    """

    @property
    def __name__(self) -> str: ...

    def __call__(self, pool: Pool, n: int, *, rng: np.random.Generator) -> Picks: ...


def names() -> tuple[str, ...]:
    """Every strategy that `get` knows, in alphabetical order."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def get(name: str) -> Strategy:
    """The strategy of this name. Raises KeyError, which lists the names, for any other."""
    if name not in names():
        raise KeyError(f"No strategy {name!r}: choose one of {', '.join(names())}")
    strategy: Strategy = getattr(import_module(f"{__name__}.{name}"), name)
    return strategy
