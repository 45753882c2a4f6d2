"""How parent and child talk: a JSON head and blobs over a pair of pipes. Nothing is ever unpickled.

A message is the length of the head (4 bytes, big endian), the head, then the blobs one after the other; the head's
"blobs" holds their lengths.
"""

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

Blob = bytes | bytearray | memoryview
HEAD_LENGTH = struct.Struct(">I")
LONGEST_HEAD = 1024 * 1024


class Garbled(Exception):
    """The other side sent what is no message."""


def packed(head: dict[str, Any], blobs: Sequence[Blob] = ()) -> list[Blob]:
    """The pieces of a message, in order; blobs are not copied."""
    text = json.dumps(head | {"blobs": [len(blob) for blob in blobs]}).encode()
    return [HEAD_LENGTH.pack(len(text)) + text, *blobs]


def unpacked(read: Callable[[int], Blob], most: int) -> tuple[dict[str, Any], list[Blob]]:
    """The next message, where `read(n)` gives exactly n bytes. Raises Garbled for one of more than `most` bytes."""
    (length,) = HEAD_LENGTH.unpack(read(HEAD_LENGTH.size))
    if length > LONGEST_HEAD:
        raise Garbled
    try:
        head = json.loads(bytes(read(length)))
        sizes = [int(size) for size in head.pop("blobs")]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Garbled from error
    if min(sizes, default=0) < 0 or sum(sizes) > most:
        raise Garbled
    return head, [read(size) for size in sizes]
