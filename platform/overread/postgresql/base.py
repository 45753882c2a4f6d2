"""The database wrapper that Django makes of ENGINE "overread.postgresql"."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from django.db.backends.utils import CursorWrapper


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """The statement, for logs and tests: as it was written, where the server got the parameters apart."""
        return super().last_executed_query(cursor, sql, params) or str(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how an idle connection is looked at, and for statements that the server plans once."""

    ops_class = DatabaseOperations

    def is_usable(self) -> bool:
        """Whether the server is still there, as a rule without asking it: a connection that the server has closed has
        something to read, its end, and one that waits for a statement has nothing. Django sends a statement of its own
        before every request.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or super().is_usable()

    def cursor_for_prepared(self) -> CursorWrapper:
        """A cursor for statements that come again and again. The server gets the parameters apart from the SQL, and plans
        a statement once where OPTIONS say when (`prepare_threshold`). It must be able to tell each parameter's type from
        its place.
        """
        self.ensure_connection()
        connection: Any = self.connection
        usual = connection.cursor_factory
        connection.cursor_factory = base.ServerBindingCursor
        try:
            return self.cursor()
        finally:
            connection.cursor_factory = usual
