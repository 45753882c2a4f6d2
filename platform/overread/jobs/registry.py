"""The kinds of job: each handler declares its queue and how often it is tried.

Handlers are in their app's `handlers.py`, which every process imports when it starts. What only a worker needs, such as the
models' libraries, is therefore imported inside the handler.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from overread.jobs.models import Job

Queue = Literal["interactive", "inference", "training", "io"]
QUEUES: tuple[Queue, ...] = ("interactive", "inference", "training", "io")
Handler = Callable[..., None]
"""Called with the job's Lease, and its arguments by name."""
OnDeath = Callable[[Job], None]
Look = Callable[[], object]
AnyHandler = TypeVar("AnyHandler", bound=Handler)
AnyLook = TypeVar("AnyLook", bound=Look)


@dataclass(frozen=True)
class JobKind:
    """One kind of job: its name, its queue, its handler, and how often it is tried.

    `on_death` is called with the job in the transaction that declares it dead or cancels it. The result of a `shared`
    kind serves every project of the image, whichever one it was enqueued for.
    """

    name: str
    queue: Queue
    handler: Handler
    attempts: int = 3
    on_death: OnDeath | None = None
    shared: bool = False


KINDS: dict[str, JobKind] = {}


def job(
    name: str, *, queue: Queue, attempts: int = 3, on_death: OnDeath | None = None, shared: bool = False
) -> Callable[[AnyHandler], AnyHandler]:
    """Have the decorated function do the jobs of this kind. Raises ValueError where another one does."""

    def register(handler: AnyHandler) -> AnyHandler:
        if name in KINDS:
            raise ValueError(f"{named(KINDS[name].handler)} does the jobs of kind {name} already.")
        KINDS[name] = JobKind(name, queue, handler, attempts, on_death, shared)
        return handler

    return register


EACH_MINUTE: list[Look] = []


def each_minute(look: AnyLook) -> AnyLook:
    """Have the decorated function called about once a minute, in a worker; it only looks whether something is due."""
    EACH_MINUTE.append(look)
    return look


def named(function: Callable[..., object]) -> str:
    """What a function is called in errors and logs."""
    return f"{function.__module__}.{function.__qualname__}"
