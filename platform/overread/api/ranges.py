"""Files as answers, whole or a range of them (RFC 9110), so that a download that was cut off goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Slice:
    """So many bytes of an open file from where it stands, read like a file."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._file.read(wanted) if wanted else b""
        self._left -= len(block)
        return block

    def close(self) -> None:
        self._file.close()


def range_asked(request: HttpRequest, size: int, etag: str) -> range | None:
    """The bytes that are asked for; empty where there are none such, None for the whole.

    A range of a file that has changed meanwhile (If-Range), and several ranges at once, are answered with the whole.
    """
    match = ONE_RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        return range(max(0, size - int(last)), size) if int(last) else range(0)
    end = min(size, int(last) + 1) if last else size
    if last and int(last) < int(first):
        return None
    return range(int(first), end)


def file_response(
    request: HttpRequest,
    *,
    opened: Callable[[], IO[bytes]],
    size: int,
    etag: str,
    content_type: str,
    name: str,
) -> HttpResponseBase:
    """200 with the file, 206 with the range that was asked for, or 416. Nothing is opened for a refusal."""
    asked = range_asked(request, size, etag)
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "private, no-store"}
    if asked is not None and not asked:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    whole = asked if asked is not None else range(size)
    if asked is not None:
        headers["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{size}"
    file = opened()
    file.seek(whole.start)
    content: Any = Slice(file, len(whole))
    response = FileResponse(content, status=200 if asked is None else 206, content_type=content_type, headers=headers)
    response.headers["Content-Length"] = str(len(whole))
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response
