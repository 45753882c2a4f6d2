"""gunicorn's worker process: uvicorn's event loop with our connections and limits."""

from __future__ import annotations

import ctypes
import resource
from typing import Any

from uvicorn_worker import UvicornWorker

from overread.web.connection import Connection

CONNECTIONS = 1000
KEPT_SECONDS = 75  # between two requests: longer than a proxy keeps a connection, which would meet a closed one
# glibc's malloc.h. Bodies and files are large and of all sizes: with an arena for each thread and memory given back to the
# system each time, a file is copied into pages that are new to the processor, again and again.
ONE_ARENA = (-8, 1)  # M_ARENA_MAX
HEAP_BYTES = (-3, 32 * 2**20)  # M_MMAP_THRESHOLD: from here on memory is mapped, and given back as soon as it is free
KEPT_BYTES = (-1, 128 * 2**20)  # M_TRIM_THRESHOLD: of the heap's free end


class Worker(UvicornWorker):  # type: ignore[misc]
    CONFIG_KWARGS = {
        "loop": "auto",
        "http": Connection,
        "ws": "none",
        "lifespan": "off",
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "limit_concurrency": CONNECTIONS,
        "timeout_keep_alive": KEPT_SECONDS,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout

    def init_process(self) -> None:
        """Leave no core dump, which would hold what was being sent; ask for as many open files as connections need, and
        keep memory for the next file.
        """
        memory_keep()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < (wanted := 2 * CONNECTIONS):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
        super().init_process()


def memory_keep() -> None:
    """Set malloc for a process that holds one large file after the other. Does nothing where the C library is another."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None)
    if tune is not None:
        for name, value in (ONE_ARENA, HEAP_BYTES, KEPT_BYTES):
            tune(name, value)
