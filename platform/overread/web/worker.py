"""gunicorn's worker process: uvicorn's event loop with our connections and limits."""

from __future__ import annotations

import resource
from typing import Any

from uvicorn_worker import UvicornWorker

from overread.web.connection import Connection

CONNECTIONS = 1000
KEPT_SECONDS = 75  # between two requests: longer than a proxy keeps a connection, which would meet a closed one


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
        """Leave no core dump, which would hold what was being sent; ask for as many open files as connections need."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < (wanted := 2 * CONNECTIONS):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
        super().init_process()
