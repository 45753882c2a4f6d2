"""What kinds of job there are, and which queue does them. Handlers are named by path and imported by workers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.module_loading import import_string

Queue = Literal["interactive", "inference", "training", "io"]
QUEUES: tuple[Queue, ...] = ("interactive", "inference", "training", "io")


@dataclass(frozen=True)
class Kind:
    """One kind of job: its name, its queue, the dotted path of its handler, and how often it is tried.

    `on_death`, a dotted path, is called with the job in the transaction that declares it dead or cancels it. What is done of a
    `shared` kind is there for every project of the image, whichever one it was enqueued for.
    """

    name: str
    queue: Queue
    handler: str
    attempts: int = 3
    on_death: str = ""
    shared: bool = False

    def load(self) -> Callable[..., Any]:
        handler: Callable[..., Any] = import_string(self.handler)
        return handler


KINDS: dict[str, Kind] = {}


def kind_register(
    name: str, *, queue: Queue, handler: str, attempts: int = 3, on_death: str = "", shared: bool = False
) -> None:
    """Make a kind known; each app does so when it is ready."""
    KINDS[name] = Kind(name, queue, handler, attempts, on_death, shared)


TICKS: list[str] = []


def tick_register(path: str) -> None:
    """Have the function at `path` called about once a minute, in a worker; it only looks whether something is due."""
    TICKS.append(path)
