"""All rows about one image together, however many rows and images there are, in bounded memory."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path

from training.datasets.table_file import Row, printable

AT_ONCE = 10_000  # rows written together
# On disk: memory stays flat at any number of rows. Nothing has to outlive the process, so that nothing is synced.
SETTINGS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536;"


def gathered(rows: Iterable[Row], image_of: Callable[[Row], str]) -> Iterator[list[Row]]:
    """Groups of rows with one image, by the first row of each; rows within a group as they came.

    A row without an image, or with a problem that leaves its image unknown, is a group of its own.
    """
    with _database() as database:
        _write(database, rows, image_of)
        yield from _read(database)


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    """An empty database in a file that goes with it."""
    with (
        tempfile.TemporaryDirectory(prefix="overread-") as folder,
        closing(sqlite3.connect(Path(folder) / "rows", isolation_level=None)) as database,
    ):
        database.executescript(SETTINGS)
        database.execute("CREATE TABLE rows (place INTEGER PRIMARY KEY, image TEXT, row TEXT)")
        yield database


def _write(database: sqlite3.Connection, rows: Iterable[Row], image_of: Callable[[Row], str]) -> None:
    database.execute("BEGIN")
    batch = []
    for place, row in enumerate(rows):
        # A NUL is in no name of a file: such a key is shared by no other row.
        key = printable(image_of(row)) or f"\0{place}"
        batch.append((place, key, json.dumps([row.line, row.cells, row.problem, row.table])))
        if len(batch) == AT_ONCE:
            database.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
            batch.clear()
    database.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
    database.execute("COMMIT")


def _read(database: sqlite3.Connection) -> Iterator[list[Row]]:
    database.execute("CREATE TABLE firsts AS SELECT image, min(place) AS first FROM rows GROUP BY image")
    database.execute("CREATE INDEX rows_image ON rows (image, place)")
    found = database.execute(
        "SELECT f.first, r.row FROM firsts f JOIN rows r ON r.image = f.image ORDER BY f.first, r.place"
    )
    for _, group in groupby(found, key=lambda each: each[0]):
        yield [Row(*json.loads(stored)) for _, stored in group]
