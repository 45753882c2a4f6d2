"""Memory of a process and all below it, while it works."""

from __future__ import annotations

import threading

import psutil

EVERY_S = 0.05


class Tree:
    """The most memory that a process and all below it hold together."""

    def __init__(self, pid: int) -> None:
        self.most_mb = 0.0
        self._pid = pid
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Tree:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY_S):
            self.most_mb = max(self.most_mb, held_mb(self._pid))


def held_mb(pid: int) -> float:
    held = 0
    try:
        top = psutil.Process(pid)
        for process in [top, *top.children(recursive=True)]:
            held += resident(process)
    except psutil.NoSuchProcess:
        return 0.0
    return held / 2**20


def resident(process: psutil.Process) -> int:
    """0 where it has just ended."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
