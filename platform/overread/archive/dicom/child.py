"""The process in which hostile files are opened: `python -m overread.archive.dicom.child` with its limits as JSON.

It holds no secret, inherits no environment of the web process, and is confined (confinement.py). What stands for the
patient and the UIDs of the file at hand it asks its parent. It answers one request at a time and ends when its input ends.
"""

import gc
import json
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from pydicom.config import IGNORE, settings

from .confinement import confine, freedoms
from .frames import open_dicom
from .identity import Named, StandIns
from .intake import clean_file
from .limits import Limits
from .part10 import is_part10
from .refusal import Refused
from .rendition import decoded_picture, render, render_frames
from .shared_memory import mapped_to_read
from .wire import Blob, packed, unpacked

Answer = tuple[dict[str, Any], list[Blob]]
Stand = Callable[[Named], StandIns]


def answer_receive(content: bytes, limits: Limits, stand: Stand) -> Answer:
    """The facts, and the content in parts: [start, end] of the received file, or [length] of what is sent with it."""
    received = clean_file(content, stand, limits)
    parts = [list(piece) if isinstance(piece, tuple) else [len(piece)] for piece in received.pieces]
    own = b"".join(piece for piece in received.pieces if not isinstance(piece, tuple))
    return {"facts": vars(received.facts), "parts": parts}, [own]


def answer_render(head: dict[str, Any], content: bytes, limits: Limits) -> Answer:
    facts = asdict(render(content, head["frame"], limits))
    return {"facts": facts}, [facts.pop(name) for name in ("full", "half", "thumb")]


def answer_frames(head: dict[str, Any], content: bytes, limits: Limits) -> Answer:
    facts = [asdict(frame) for frame in render_frames(content, head["first"], head["count"], limits)]
    levels = [each.pop(name) for each in facts for name in ("full", "half")]
    return {"frames": facts}, levels


def answer_pixels(head: dict[str, Any], content: bytes, limits: Limits) -> Answer:
    frame = head["frame"]
    if not is_part10(content):
        pixels = decoded_picture(content, frame, limits)
    else:
        image = open_dicom(content, limits)
        pixels = image.all_frames() if frame is None else image.frame(frame)
    little = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<"))
    return {"dtype": little.dtype.str, "shape": little.shape}, [little.data.cast("B")]


def answer_freedoms(head: dict[str, Any], content: bytes, limits: Limits) -> Answer:
    return {"freedoms": freedoms()}, []


ANSWERS: dict[str, Callable[[dict[str, Any], bytes, Limits], Answer]] = {
    "freedoms": answer_freedoms,
    "render": answer_render,
    "render_frames": answer_frames,
    "pixels": answer_pixels,
}


def answer(head: dict[str, Any], content: bytes, limits: Limits, stand: Stand) -> Answer:
    """The answer to one request; a refusal is one too. At this border ends whatever a library raises."""
    try:
        if head["do"] == "receive":
            return answer_receive(content, limits, stand)
        return ANSWERS[head["do"]](head, content, limits)
    except Refused as refused:
        return {"refused": [refused.code, refused.reason]}, []
    except MemoryError:
        return {"refused": ["memory", "Reading the file took more memory than is allowed."], "worn": True}, []
    except RecursionError:
        return {"refused": ["nesting", "Sequences are nested deeper than any image needs."], "worn": True}, []
    except Exception as error:  # noqa: BLE001 - recorded by its type, because its text may hold what the file says
        reason = f"The file could not be parsed ({type(error).__name__})."
        return {"refused": ["unreadable", reason], "worn": True}, []


def allow_seconds(seconds: int) -> None:
    """Let the next file have so many seconds of processor time; the kernel ends the process after them."""
    used = math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def private_pipes() -> tuple[int, int]:
    """Input and output moved away from 0 and 1, so that no library can read or print into the conversation."""
    source, sink = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return source, sink


def main(limits: Limits, file: int | None) -> None:
    """Answer requests until the input ends. `file`: of the memory that small files come in."""
    memory = mapped_to_read(file) if file is not None else b""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to handle
    source, sink = private_pipes()
    settings.reading_validation_mode = settings.writing_validation_mode = IGNORE  # `clean` decides what is proper
    confine(limits)
    gc.freeze()  # what is imported stays: no collection looks through it again
    reading, writing = open(source, "rb"), open(sink, "wb", buffering=0)  # noqa: SIM115, PTH123

    def read(size: int) -> bytes:
        data = reading.read(size)
        if len(data) < size:
            sys.exit(0)
        return data

    def write(head: dict[str, Any], blobs: list[Blob]) -> None:
        for piece in packed(head, blobs):
            view = memoryview(piece)
            while view:
                view = view[writing.write(view) :]

    def stand(named: Named) -> StandIns:
        write({"named": asdict(named)}, [])
        head, _ = unpacked(read, 0)
        return StandIns(**head["stand_ins"])

    while True:
        head, blobs = unpacked(read, limits.file_bytes)
        allow_seconds(limits.cpu_seconds)
        content = bytes(blobs[0]) if blobs else memory[: head["in_memory"]]  # of its own: pipe or memory get the next
        write(*answer(head, content, limits, stand))


if __name__ == "__main__":
    main(Limits(**json.loads(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else None)
