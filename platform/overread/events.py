"""News goes up: a lower room announces what has happened and knows nobody, rooms above listen.

An event is a frozen dataclass in the `events.py` of the room that announces it. Those who listen stand in their room's
`listeners.py`, and are called one after the other, in the order of the apps, in the announcer's transaction: what they write
stands or falls with it, and what one of them raises is raised to the announcer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")
Listener = Callable[[Event], None]
LISTENERS: dict[type[Any], list[Listener[Any]]] = {}


def listen(event: type[Event]) -> Callable[[Listener[Event]], Listener[Event]]:
    """Have the decorated function called with every event of this type."""

    def register(listener: Listener[Event]) -> Listener[Event]:
        LISTENERS.setdefault(event, []).append(listener)
        return listener

    return register


def announce(event: object) -> None:
    """Tell everybody who listens to events of this type."""
    for listener in LISTENERS.get(type(event), ()):
        listener(event)
