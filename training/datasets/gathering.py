"""All rows about one image together, however many rows and images there are, in bounded memory."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import groupby

from training.datasets.table_file import Row, printable

AT_ONCE = 1_000  # rows written together
# On disk, behind a cache of 4 MB: memory stays flat at any number of rows. Nothing has to outlive the process, so that
# nothing is synced.
SETTINGS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -4096;"
TABLES = """
    CREATE TABLE rows (place INTEGER PRIMARY KEY, image TEXT, row BLOB);
    CREATE TABLE firsts (first INTEGER PRIMARY KEY, image TEXT);
"""
# The index ends with the place. Only names are sorted: whole rows would be held, or written out once more.
INDEX = """
    CREATE INDEX rows_image ON rows (image);
    INSERT INTO firsts SELECT min(place), image FROM rows GROUP BY image ORDER BY 1;
"""
# CROSS JOIN keeps this order of the two, in which nothing is left to be sorted.
GROUPS = "SELECT f.first, r.row FROM firsts f CROSS JOIN rows r ON r.image = f.image ORDER BY f.first, r.place"


def gathered(rows: Iterable[Row], image_of: Callable[[Row], str]) -> Iterator[list[Row]]:
    """Groups of rows with one image, by the first row of each; rows within a group as they came.

    A row without an image, or with a problem that leaves its image unknown, is a group of its own.
    """
    return Gathered(lambda: rows, image_of).groups()


class Gathered:
    """Rows that are read and put together once, and told as often as they are asked for. `gathered` says how.

    They lie in a temporary file of SQLite's, which goes with this object.
    """

    def __init__(self, rows: Callable[[], Iterable[Row]], image_of: Callable[[Row], str]) -> None:
        self._rows = rows
        self._image_of = image_of
        self._shapes: dict[tuple[str, ...], int] = {}

    def groups(self) -> Iterator[list[Row]]:
        """Each call begins anew."""
        found = self._filled.execute(GROUPS)
        shapes = list(self._shapes)
        for _, group in groupby(found, key=lambda each: each[0]):
            yield [_row(stored, shapes) for _, stored in group]

    @cached_property
    def _filled(self) -> sqlite3.Connection:
        database = sqlite3.connect("", isolation_level=None)
        database.executescript(SETTINGS + TABLES)
        self._write(database)
        database.executescript(INDEX)
        return database

    def _write(self, database: sqlite3.Connection) -> None:
        database.execute("BEGIN")
        batch = []
        for place, row in enumerate(self._rows()):
            # A NUL is in no name of a file: such a key is shared by no other row.
            key = printable(self._image_of(row)) or f"\0{place}"
            batch.append((place, key, self._stored(row)))
            if len(batch) == AT_ONCE:
                database.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
                batch.clear()
        database.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
        database.execute("COMMIT")

    def _stored(self, row: Row) -> bytes:
        """A row without the names of its columns, which nearly all rows share."""
        shape = self._shapes.setdefault(tuple(row.cells), len(self._shapes))
        return marshal.dumps((row.line, shape, list(row.cells.values()), row.problem, row.table))


def _row(stored: bytes, shapes: list[tuple[str, ...]]) -> Row:
    line, shape, cells, problem, table = marshal.loads(stored)  # noqa: S302  (written above, by this process)
    return Row(line, dict(zip(shapes[shape], cells, strict=True)), problem, table)
