"""Telling workers that there is something to do, without keeping anybody waiting.

A bell that is not heard only delays its job: the reaper rings again. So whoever has just committed goes on at once, and a
thread rings. Where many single jobs come one after the other it rings for the first of each round alone: the worker that
wakes goes on with the rest. The thread ends when there is nothing more to ring for; a process that ends waits for it.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Sequence
from uuid import UUID

from celery import current_app

RINGS_AT_ONCE = 8  # for jobs that come together: so many workers may wake
BREATH = 0.02  # seconds before the first round
PAUSE = 0.05  # seconds between two rounds
log = logging.getLogger(__name__)
Summons = tuple[UUID, str]  # a job and its queue


def ring(summons: Iterable[Summons]) -> None:
    """Ring now, for each of these jobs. Raises what the broker raises."""
    for job, queue in summons:
        current_app.send_task("jobs.run", (str(job),), queue=queue, retry=False)


class Bell:
    """Rings from a thread of its own. Thread-safe."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """With nothing waiting, and no thread: as a fork has it, whose parent rings for what was waiting there."""
        self._lock = threading.Lock()
        self._waiting: list[Sequence[Summons]] = []
        self._thread: threading.Thread | None = None

    def ring(self, summons: Sequence[Summons]) -> None:
        """Ring soon for jobs that came together; never waits for the broker."""
        with self._lock:
            self._waiting.append(summons)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bell")
                self._thread.start()

    def settle(self) -> None:
        """Wait until everything that was waiting has been rung for."""
        if (thread := self._thread) is not None:
            thread.join()

    def _run(self) -> None:
        # One thread of a process runs at a time: the request that has just committed is answered first.
        time.sleep(BREATH)
        while (taken := self._take()) is not None:
            try:
                ring(_for_each_queue(taken))
            except Exception as error:  # noqa: BLE001  (the border that records it: the reaper rings again)
                log.warning("the bell could not be rung: %s", type(error).__name__)
            time.sleep(PAUSE)

    def _take(self) -> list[Sequence[Summons]] | None:
        """What is waiting; None, and the thread's end, where nothing is."""
        with self._lock:
            taken = self._waiting
            self._waiting = []
            if not taken:
                self._thread = None
                return None
            return taken


def _for_each_queue(waiting: Iterable[Sequence[Summons]]) -> Iterable[Summons]:
    """For each queue the largest lot of jobs that came together, up to RINGS_AT_ONCE of them."""
    largest: dict[str, list[Summons]] = {}
    for lot in waiting:
        for queue in {queue for _, queue in lot}:
            of_queue = [each for each in lot if each[1] == queue]
            largest[queue] = max(largest.get(queue, []), of_queue, key=len)
    return [each for lot in largest.values() for each in lot[:RINGS_AT_ONCE]]


bell = Bell()
os.register_at_fork(after_in_child=bell.begin)
