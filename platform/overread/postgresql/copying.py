"""What COPY … TO STDOUT says, at the speed of the server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from django.db import connection
from psycopg import Copy
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus


def copy_out(statement: str, values: Sequence[Any], out: BinaryIO) -> None:
    """Write all that a COPY gives. libpq hands over row by row; psycopg's own loop would cost several times a row's worth."""
    with connection.cursor() as cursor, cursor.copy(statement, values) as copy:
        _received(copy, out)


def _received(copy: Copy, out: BinaryIO) -> None:
    pgconn = copy.connection.pgconn
    write, row_of = out.write, pgconn.get_copy_data
    while True:
        size, row = row_of(0)  # waits for the next one; -1 after the last
        if size <= 0:
            break
        write(row)
    result = pgconn.get_result()
    while pgconn.get_result() is not None:
        pass
    if result is not None and result.status != ExecStatus.COMMAND_OK:
        raise error_from_result(result)
