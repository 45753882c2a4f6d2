"""Recipes by name. A new one is a new file here holding RECIPE; nothing else changes."""

import importlib
import pkgutil
from typing import cast

from training.engine.recipe import Recipe


def names() -> tuple[str, ...]:
    """The names of all recipes, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Recipe:
    """The recipe of this name. Raises ValueError, which lists the names, for an unknown one."""
    if name not in names():
        raise ValueError(f"No recipe is called {name!r}; there are {', '.join(names())}.")
    return cast(Recipe, importlib.import_module(f"{__name__}.{name}").RECIPE)
