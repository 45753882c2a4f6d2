"""The limits of time and memory, each shortened, with pages that are as slow or as large as the test needs."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn

from overread.web import connection, front
from overread.web.connection import Connection
from overread.web.front import Front
from tests.services.house import until
from tests.web.conftest import answered

PAGE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
OK = [("Content-Length", "2")]


class Serving:
    """A front before `pages`, on a thread of its own."""

    def __init__(self, pages: Any) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            Front(pages), http=Connection, ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})
        self.thread.start()
        until(lambda: self.server.started, "the server is up")

    def sent(self, content: bytes) -> socket.socket:
        made = socket.create_connection(self.socket.getsockname(), timeout=60)
        made.sendall(content)
        return made

    def status(self, content: bytes) -> int:
        with self.sent(content) as made:
            return answered(made)

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Any], Serving]]:
    with ExitStack() as started:

        def start(pages: Any) -> Serving:
            serving = Serving(pages)
            started.callback(serving.end)
            return serving

        yield start


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    if length := int(environ.get("CONTENT_LENGTH") or 0):
        environ["wsgi.input"].read(length)
    start_response("200 OK", OK)
    return [b"ok"]


def file_of(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % length


def ends(made: socket.socket) -> bool:
    """Whether the server has let go of the connection, without a word."""
    with suppress(ConnectionError):
        return made.recv(1) == b""
    return True


def test_a_head_has_so_long(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    serving = serve(echo)
    for begun in (b"", b"GET / HTTP/1.1\r\nHo", PAGE + b"GET / HT"):
        with serving.sent(begun) as made:
            if begun.startswith(PAGE):
                assert answered(made) == 200
            while made.recv(65536):
                pass


def test_a_byte_now_and_then_prolongs_nothing(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    with serve(echo).sent(b"GET / HTTP/1.1\r\nX: ") as made, suppress(ConnectionError):
        for _ in range(1200):
            made.sendall(b"x")
            threading.Event().wait(0.05)
        pytest.fail("The head was waited for.")


def test_a_head_has_so_many_bytes(serve: Any) -> None:
    assert serve(echo).status(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000) == 431


@pytest.mark.parametrize("size", [1000, 1_000_000])
def test_a_body_that_stalls_is_given_up(serve: Any, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(front, "STALL_SECONDS", 0.2)
    with serve(echo).sent(file_of(size) + b"x" * (size // 2)) as made:
        assert answered(made) == 408


def test_a_body_that_trickles_is_given_up(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BODY_SECONDS", 0.3)
    with serve(echo).sent(file_of(1000)) as made:
        made.settimeout(0.05)
        for _ in range(900):
            made.sendall(b"x")
            with suppress(TimeoutError):
                assert made.recv(100).startswith(b"HTTP/1.1 408 ")
                return
        pytest.fail("The body was waited for.")


def test_bodies_share_a_bounded_room(serve: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 2**20
    serving = serve(echo)
    whole = file_of(2**20)
    with serving.sent(whole + b"x" * 2**19), serving.sent(whole + b"x" * 2**19) as second:
        until(lambda: len(serving.server.server_state.tasks) == 2, "both are under way")
        monkeypatch.setattr(front, "BUSY_SECONDS", 0.2)
        with serving.sent(whole) as third, third.makefile("rb") as answer:
            said = answer.read(400)
            assert said.startswith(b"HTTP/1.1 503 ") and b"retry-after: 10" in said and b"is busy" in said
        monkeypatch.setattr(front, "BUSY_SECONDS", 60)
        with serving.sent(whole + b"x" * 2**20) as waiting:
            second.sendall(b"x" * 2**19)
            assert answered(second) == 200 and answered(waiting) == 200


def test_slow_files_delay_files_and_no_page(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, go_on = threading.Semaphore(0), threading.Event()

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            opened.release()
            go_on.wait(60)
        return echo(environ, start_response)

    serving, file = serve(slow), file_of(4) + b"file"
    with ExitStack() as held:
        slow_ones = [held.enter_context(serving.sent(file)) for _ in range(front.CHILDREN)]
        assert all(opened.acquire(timeout=60) for _ in slow_ones)
        monkeypatch.setattr(front, "BUSY_SECONDS", 0.2)
        assert [serving.status(file) for _ in range(6)] == [503] * 6
        assert [serving.status(PAGE) for _ in range(6)] == [200] * 6
        go_on.set()
        assert [answered(each) for each in slow_ones] == [200] * front.CHILDREN


def test_who_reads_nothing_is_let_go(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.2)

    def large(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(2**26))])
        return [b"x" * 2**26]

    serving = serve(large)
    with serving.sent(PAGE):
        until(lambda: serving.server.server_state.total_requests, "it was answered")
        until(lambda: not serving.server.server_state.connections, "the connection was ended")


def test_a_header_with_an_underscore_is_nobodys_word(serve: Any) -> None:
    seen: dict[str, Any] = {}

    def note(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ)
        return echo(environ, start_response)

    head = b"GET /a%C3%A9?b HTTP/1.1\r\nHost: x\r\nX_Forwarded_Proto: https\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n"
    assert serve(note).status(head) == 200
    assert "HTTP_X_FORWARDED_PROTO" not in seen and seen["HTTP_COOKIE"] == "a=1; b=2"
    assert (seen["PATH_INFO"].encode("latin-1").decode(), seen["QUERY_STRING"]) == ("/aé", "b")


def test_a_refusal_has_an_id_and_is_in_the_log(
    serve: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(front, "STALL_SECONDS", 0.2)
    caplog.set_level("INFO", "overread.web")
    serving = serve(echo)
    for content in (file_of(1000), file_of(2**40), b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000):
        with serving.sent(content) as made, made.makefile("rb") as answer:
            status = answer.readline().split()[1].decode()
            headers = dict(line.lower().rstrip().split(b": ") for line in iter(answer.readline, b"\r\n"))
            body = answer.read(int(headers[b"content-length"]))
        id = headers[b"x-request-id"].decode()
        assert len(id) == 32 and f"request {id} was refused: {status} " in caplog.text
        assert not body or json.loads(body)["request_id"] == id
