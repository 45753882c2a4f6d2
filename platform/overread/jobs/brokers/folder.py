"""Celery's broker in a folder, for a machine without Redis."""

from __future__ import annotations

from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Kombu's, but a message appears in the folder whole.

    Kombu opens the file first and writes it after; a worker that looks in between reads an empty message, and ends.
    """

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        whole = Path(self.data_folder_out) / f"{monotonic_ns():020}_{uuid4()}.{queue}.msg"
        fresh = whole.with_suffix(".part")  # a name that no queue looks for
        fresh.write_text(dumps(payload))
        fresh.rename(whole)

    def _get(self, queue: str) -> Any:
        """The oldest message of a queue. One that a power cut left unreadable is dropped: its job is rung for again."""
        try:
            return super()._get(queue)
        except ValueError:
            raise filesystem.Empty from None


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Kombu's, but back after half a second at most: in between, a worker sees whether it is to end."""
        super().drain_events(connection, timeout and min(timeout, 0.5))
