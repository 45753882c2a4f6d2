"""One run of a WSGI page for one ASGI request."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Pages = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class BodyWanted(BaseException):  # noqa: N818
    """The page asks for a body that has not been read. No Exception, so that no page takes it for a fault of its own."""


class Unread:
    """A body that has not been read yet."""

    def read(self, *_: Any) -> NoReturn:
        raise BodyWanted

    readline = readlines = __iter__ = read


@dataclass
class SentFile:
    """WSGI's file_wrapper: a file that a page answers with. It is read while it is sent, and closed after that."""

    file: Any
    block: int = 0

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True)
class PageAnswer:
    """What a page says: as a whole, for none of ours is made while it is sent, or else a file."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    file: SentFile | None = None


def run(pages: Pages, environ: Environ) -> PageAnswer:
    """Run the page in this thread. Raises BodyWanted."""
    begun: list[tuple[int, list[tuple[bytes, bytes]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        told = [(name.encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
        begun[:] = [(int(status[:3]), told)]

    said = pages(environ, start_response)
    if isinstance(said, SentFile):
        status, headers = begun[0]
        return PageAnswer(status, headers, b"", said)
    try:
        chunks = list(said)
    finally:
        if close := getattr(said, "close", None):
            close()
    status, headers = begun[0]
    return PageAnswer(status, headers, chunks[0] if len(chunks) == 1 else b"".join(chunks))


def environ_of(scope: Any) -> Environ:
    """The request's head as WSGI has it. A name with an underscore is left out: WSGI could not tell it from one with a
    hyphen, and X_Forwarded_Proto is no proxy's word.
    """
    client, server = scope["client"] or ("", 0), scope["server"] or ("localhost", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": SentFile,
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key, text = name.decode("latin-1").upper().replace("-", "_"), value.decode("latin-1")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        mark = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{mark}{text}" if key in environ else text
    return environ
