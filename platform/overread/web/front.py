"""Between the network and the pages: bodies are bounded, refused before they are read, and held in memory alone.

The pages are WSGI and block a thread each, so no thread is spent on a client who is slow: bodies are gathered on the event
loop, and a page is run once its request is whole. Whoever would send a large body is looked at first. The page is run
without it; where it answers all the same (sign in first, no such project), that is the answer, and the body is never read.
Where it asks for the body, the body is read, within limits of size, time and memory, and the page is run with it.

What carries a file has threads of its own, as many as there are children to open it: a slow file delays files, not pages.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings

from overread.archive.dicom.reader import CHILDREN
from overread.web.connection import refusal_logged
from overread.web.pages import BodyWanted, Environ, PageAnswer, Pages, SentFile, Unread, environ_of, run

SMALL = 64 * 1024  # up to here a body is read from anybody: the form to sign in is one
ENVELOPE = 64 * 1024  # what multipart may add around a file
FILES = (b"multipart/", b"image/", b"application/dicom", b"application/octet-stream")
FILE_BLOCK = 256 * 1024  # of a file that is sent
STALL_SECONDS = 20.0  # without a byte of a body
BODY_SECONDS, SLOWEST = 30.0, 64 * 1024  # a body has so long, and a second more for each so many bytes
BUSY_SECONDS = 20.0  # for memory, or for a child that opens files
WELCOME_SECONDS, WELCOMES = 30.0, 1000


class RequestRefused(Exception):
    """The front's own answer, in words for whoever sent the request."""

    def __init__(self, status: int, title: str, detail: str, **headers: str) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers

    def answer(self) -> PageAnswer:
        id = refusal_logged(self.status, self.title)
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        told = {
            "content-type": "application/problem+json",
            "cache-control": "no-store",
            "x-request-id": id,
            **self.headers,
        }
        content = json.dumps(body | {"request_id": id}).encode()
        headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in told.items()]
        return PageAnswer(self.status, [*headers, (b"content-length", str(len(content)).encode())], content)


class Gone(Exception):
    """The client has left before its request was whole."""


@dataclass(frozen=True)
class Expected:
    """What the head of a request says of its body."""

    length: int | None  # None where it comes in chunks
    limit: int
    file: bool

    @property
    def large(self) -> bool:
        return self.length is None or self.length > SMALL


class Room:
    """The bytes that large bodies may take in memory at once, in this process. What finds none waits, unread."""

    def __init__(self, size: int) -> None:
        self._free, self._freed = size, asyncio.Condition()

    @asynccontextmanager
    async def taken(self, size: int) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(BUSY_SECONDS), self._freed:
                await self._freed.wait_for(lambda: self._free >= size)
                self._free -= size
        except TimeoutError as error:
            raise busy() from error
        try:
            yield
        finally:
            self._free += size
            async with self._freed:
                self._freed.notify_all()


class Front:
    """The ASGI application that runs WSGI pages."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, "page")
        self._openers, self._children = ThreadPoolExecutor(CHILDREN, "file"), asyncio.Semaphore(CHILDREN)
        self._room = Room(2 * (settings.UPLOAD_MAX_BYTES + ENVELOPE))
        self._welcome: OrderedDict[bytes, float] = OrderedDict()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            answer = await self._answer(scope, receive)
        except RequestRefused as refused:
            answer = refused.answer()
        except Gone:
            return
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.file is None:
            await send({"type": "http.response.body", "body": answer.body})
        else:
            await file_sent(answer.file, receive, send)

    async def _answer(self, scope: Any, receive: Any) -> PageAnswer:
        expected, environ = expected_of(scope["headers"]), environ_of(scope)
        if not expected.large:
            content = await gathered(receive, expected) if expected.length else b""
            return await self._whole(environ, content, expected)
        if (answer := await self._at_the_door(environ, expected)) is not None:
            return answer
        async with self._room.taken(expected.limit if expected.length is None else expected.length):
            return await self._whole(environ, await gathered(receive, expected), expected)

    async def _at_the_door(self, environ: Environ, expected: Expected) -> PageAnswer | None:
        """The page's answer without the body; None where it asks for it, or did so a moment ago."""
        who, now = credentials(environ), time.monotonic()
        if self._welcome.get(who, 0.0) > now:
            return None
        length = SMALL if expected.length is None else expected.length  # of chunks no more is known than that some come
        try:
            return await self._in(self._threads, {**environ, "CONTENT_LENGTH": str(length)}, Unread())
        except BodyWanted:
            self._welcome[who] = now + WELCOME_SECONDS
            if len(self._welcome) > WELCOMES:
                self._welcome.popitem(last=False)
            return None

    async def _whole(self, environ: Environ, content: bytes, expected: Expected) -> PageAnswer:
        if expected.length is None or expected.length:
            environ["CONTENT_LENGTH"] = str(len(content))
        if not expected.file:
            return await self._in(self._threads, environ, BytesIO(content))
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                await self._children.acquire()
        except TimeoutError as error:
            raise busy() from error
        try:
            return await self._in(self._openers, environ, BytesIO(content))
        finally:
            self._children.release()

    async def _in(self, threads: ThreadPoolExecutor, environ: Environ, body: Any) -> PageAnswer:
        work = asyncio.get_running_loop().run_in_executor(threads, run, self._pages, {**environ, "wsgi.input": body})
        return await asyncio.shield(work)


async def file_sent(file: SentFile, receive: Any, send: Any) -> None:
    """Send a file block by block, as fast as the client takes it, until it has left."""
    left = asyncio.create_task(departed(receive))
    try:
        while not left.done() and (block := await asyncio.to_thread(file.file.read, FILE_BLOCK)):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        left.cancel()
        await asyncio.to_thread(file.close)


async def departed(receive: Any) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def busy() -> RequestRefused:
    return RequestRefused(
        503, "The server is busy.", "Other files are being read. Send this one again.", retry_after="10"
    )


def expected_of(headers: Iterable[tuple[bytes, bytes]]) -> Expected:
    """Raises RequestRefused for a body that is announced as larger than what is taken: before a byte of it is read."""
    told = dict(headers)
    file = told.get(b"content-type", b"").lower().startswith(FILES)
    limit = settings.UPLOAD_MAX_BYTES + ENVELOPE if file else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    length = None if b"transfer-encoding" in told else int(told.get(b"content-length", b"0"))
    if length is not None and length > limit:
        raise too_large(limit)
    return Expected(length, limit, file)


def too_large(limit: int) -> RequestRefused:
    return RequestRefused(413, "The request is too large.", f"It may have {limit // 2**20} MiB at most.")


def credentials(environ: Environ) -> bytes:
    """A digest of what decides whether a page would take a body: who asks for what, and from where."""
    said = (f"HTTP_{name}" for name in ("AUTHORIZATION", "COOKIE", "ORIGIN", "REFERER", "HOST"))
    text = "\0".join(str(environ.get(name, "")) for name in ("REQUEST_METHOD", "PATH_INFO", *said))
    return hashlib.sha256(text.encode()).digest()


async def gathered(receive: Any, expected: Expected) -> bytes:
    """The whole body. Raises RequestRefused for one that grows too large or takes too long, Gone where the client leaves."""
    chunks: list[bytes] = []
    size, loop = 0, asyncio.get_running_loop()
    until = loop.time() + BODY_SECONDS + (expected.length or expected.limit) / SLOWEST
    try:
        async with asyncio.timeout_at(until) as limit:
            more = True
            while more:
                limit.reschedule(min(until, loop.time() + STALL_SECONDS))
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                chunks.append(message["body"])
                size += len(message["body"])
                more = message["more_body"]
                if size > expected.limit:
                    raise too_large(expected.limit)
    except TimeoutError as error:
        raise RequestRefused(408, "The request came too slowly.", "Send it again over a better connection.") from error
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
