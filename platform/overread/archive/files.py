"""The folder of files, for deployments that have no object store."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

UNFINISHED = "unfinished"  # a folder beside the files, on the same file system; what lies there belongs to nobody


class DurableFiles(FileSystemStorage):
    """A file appears whole or not at all, in one step in place of an older one, and is on the disk when `save` returns.

    Names are the caller's, who makes them of the content: none is ever changed to make it free.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        path = self.path(name)
        unfinished = os.path.join(self.path(UNFINISHED), uuid4().hex)  # noqa: PTH118  (pathlib costs more than the disk here)
        try:
            with _opened(unfinished) as file:
                for chunk in content.chunks(1 << 30):
                    _write(file.fileno(), memoryview(chunk))
                _moved(unfinished, path)
                # After the new name, so that the journal of the file system (ext4, XFS, btrfs) takes both to the disk
                os.fsync(file.fileno())
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        return name


def _opened(path: str) -> FileIO:
    """A new file to write. Its folder is there as a rule, so that it is only made where it is missed."""
    try:
        return open(path, "xb", buffering=0)  # noqa: PTH123
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return open(path, "xb", buffering=0)  # noqa: PTH123


def _moved(path: str, to: str) -> None:
    try:
        os.replace(path, to)  # noqa: PTH105
    except FileNotFoundError:
        Path(to).parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, to)  # noqa: PTH105


def _write(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
