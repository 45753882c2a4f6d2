"""Celery's broker in a folder, for a machine without Redis."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any, NamedTuple
from uuid import uuid4

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads


class Binding(NamedTuple):
    """One line of an exchange's table."""

    routing_key: str
    pattern: str
    queue: str


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Kombu's, but messages and tables of bindings appear in the folder whole, and a table has one writer at a time.

    Kombu opens a file first and writes it after. A worker that looks in between finds it empty, and ends; of two that
    start at once, one begins the table anew that the other has just written.
    """

    def _put(self, queue: str, payload: Any, **_: Any) -> None:
        _write(Path(self.data_folder_out) / f"{monotonic_ns():020}_{uuid4()}.{queue}.msg", payload)

    def _get(self, queue: str) -> Any:
        """The oldest message of a queue. One that a power cut left unreadable is dropped: its job is rung for again."""
        try:
            return super()._get(queue)
        except ValueError:
            raise filesystem.Empty from None

    def get_table(self, exchange: str) -> list[Binding]:
        """Who hears what is sent to an exchange. One that a power cut left unreadable is empty: workers bind anew."""
        try:
            return [Binding(*each) for each in loads(self._exchange_file(exchange).read_text())]
        except (FileNotFoundError, ValueError):
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        bound = Binding(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as table:
            if bound not in table:
                table.insert(0, bound)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *_: Any, **__: Any) -> None:
        virtual.Channel._delete(self, queue)
        bound = Binding(routing_key or "", pattern or "", queue or "")
        with self._table(exchange) as table:
            if bound in table:
                table.remove(bound)

    @contextmanager
    def _table(self, exchange: str) -> Iterator[list[Binding]]:
        """The table, for this process alone; written if it was changed within."""
        file = self._exchange_file(exchange)
        with file.with_suffix(".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            before = self.get_table(exchange)
            yield (table := list(before))
            if table != before:
                _write(file, table)


def _write(whole: Path, content: Any) -> None:
    """Let a file of this content appear at once, under a name that nobody looks for until then."""
    fresh = whole.with_name(f"{whole.name}.part")
    fresh.write_text(dumps(content))
    fresh.replace(whole)


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:
        """Kombu's, but back after half a second at most: in between, a worker sees whether it is to end."""
        super().drain_events(connection, timeout and min(timeout, 0.5))
