"""Serves room.py on a port of its own, with the project's own middleware for policy and static files."""

from __future__ import annotations

import argparse
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_message(self, format: str, *args: object) -> None:
        """Tests look at the browser's console, not at this one."""


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """The address of a running room."""
    static = settings.ROOT / "frontend" / "static"
    with (
        override_settings(
            ROOT_URLCONF="tests.frontend.reading.room",
            MIDDLEWARE=MIDDLEWARE,
            ALLOWED_HOSTS=["127.0.0.1"],
            STATIC_ROOT=static,
        ),
        make_server("127.0.0.1", port, WSGIHandler(), server_class=Threaded, handler_class=Quiet) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def main() -> None:
    import django

    from tests.frontend.reading import room

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8123)
    arguments.add_argument("--size", type=int, default=3000)
    options = arguments.parse_args()
    django.setup()
    room.room = room.Room(
        [room.Sheet(seed, blind=seed % 2 == 0, rows=options.size, columns=options.size) for seed in range(1, 9)]
    )
    with serving(options.port) as address:
        print(f"{address}/ until Enter")
        input()


if __name__ == "__main__":
    main()
