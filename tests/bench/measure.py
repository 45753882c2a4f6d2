"""Time, processor time and memory of this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of processor time (all threads)."""

    wall_s: float
    cpu_s: float


def cost_of(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def cheapest(work: Callable[[], object], seconds: float) -> Cost:
    """The least of every cost, of one run or of as many as fit into the time: noise only adds."""
    costs, until = [cost_of(work)], time.monotonic() + seconds
    while time.monotonic() + costs[0].wall_s < until:
        costs.append(cost_of(work))
    return Cost(min(cost.wall_s for cost in costs), min(cost.cpu_s for cost in costs))


def rate_of(work: Callable[[], object], seconds: float) -> float:
    """How often a second `work` can be done, one after the other, over at least that time."""
    work()
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds or not done:
        work()
        done += 1
    return done / spent


def resident_mb() -> float:
    return _status("VmRSS")


def peak_rss_mb() -> float:
    """Most memory this process has held since `peak_forget`, in MB. Unlike ru_maxrss, it knows nothing of the parent."""
    return _status("VmHWM")


def peak_forget() -> None:
    CLEAR.write_text("5")


class Held:
    """Most memory in MB that this process held within, beyond what it held before, without the pages of mapped files.

    Looked at every hundredth of a second, and by the kernel's own peak; neither tells too much, so the larger one counts.
    """

    def __enter__(self) -> Held:
        peak_forget()
        self._anonymous, self._before, self._file = _status("RssAnon"), resident_mb(), _status("RssFile")
        self.most_mb, self._over = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        mapped = max(_status("RssFile") - self._file, 0.0)
        self.most_mb = max(self.most_mb, peak_rss_mb() - self._before - mapped)

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self.most_mb = max(self.most_mb, _status("RssAnon") - self._anonymous)


def _status(name: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024 / 1e6


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    return float(np.percentile(seconds, percent)) * 1000
