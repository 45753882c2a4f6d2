"""uvicorn's HTTP/1.1 connection with limits that it does not have: on the head of a request, and on slow readers."""

from __future__ import annotations

import asyncio
import logging
from asyncio.events import TimerHandle
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

log = logging.getLogger(__name__)
HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 20.0
LINGER_SECONDS = 10.0  # for so long the rest of a refused body is thrown away, so that its sender gets to read why
UNREAD_SECONDS = 60.0  # in which a client must take something of an answer


def refusal_logged(status: int, title: str) -> str:
    """The id of a request that reached no page, and so has none yet: for its answer, and in the log."""
    id = uuid4().hex
    log.info("request %s was refused: %d %s", id, status, title)
    return id


class Connection(HttpToolsProtocol):
    """One client. What neither sends nor reads is let go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head, self._head_bytes = True, 0
        self._closing: TimerHandle | None = None
        self._reading: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._close_in(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stay()
        if self._reading:
            self._reading.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._closing is None:
                self._close_in(HEAD_SECONDS)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            id = refusal_logged(431, "The head of the request is too large.").encode()
            told = b"content-length: 0\r\nconnection: close\r\nx-request-id: %b\r\n\r\n" % id
            self.transport.write(STATUS_LINE[431] + told)
            self.transport.close()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._in_head, self._head_bytes = False, 0
        self._stay()

    def on_message_complete(self) -> None:
        self._in_head = True
        self._stay()
        super().on_message_complete()
        if self.cycle.response_complete:
            self._close_in(HEAD_SECONDS)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._in_head:
            self._close_in(LINGER_SECONDS)

    def shutdown(self) -> None:
        """The process ends: what is being answered is, and what is still being sent is not waited for."""
        if not self._in_head and not self.cycle.response_started:
            self.transport.close()
        super().shutdown()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._look_again(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._reading:
            self._reading.cancel()
            self._reading = None

    def _look_again(self, unread: int) -> None:
        self._reading = self.loop.call_later(UNREAD_SECONDS, self._look, unread)

    def _look(self, before: int) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread >= before:
            self.transport.abort()
        else:
            self._look_again(unread)

    def _close_in(self, seconds: float) -> None:
        self._stay()
        self._closing = self.loop.call_later(seconds, self._close)

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stay(self) -> None:
        if self._closing:
            self._closing.cancel()
            self._closing = None
