"""Rules the database itself keeps, written once for SQLite and PostgreSQL: rows that never change, rows that never come
in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Immutable(Operation):
    """Refuse updates of `table` (only of `columns` where given), and on PostgreSQL deletes too.

    Deleting is allowed inside a transaction that has said `SET LOCAL overread.erasing = 'on'` (erasure of a patient).
    SQLite has no such setting; there the models' PROTECT keys stand against deleting.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, columns: Sequence[str] = ()) -> None:
        self.table, self.columns = table, tuple(columns)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        of = f" OF {', '.join(self.columns)}" if self.columns else ""
        name = f"{self.table}_immutable"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE{of} ON {self.table} "
                f"BEGIN SELECT RAISE(ABORT, '{self.table} rows are immutable'); END",
                params=None,
            )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' AND current_setting('overread.erasing', true) = 'on' THEN RETURN OLD; END IF; "
            f"RAISE EXCEPTION '{self.table} rows are immutable' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE{of} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {name}_d BEFORE DELETE ON {self.table} FOR EACH ROW EXECUTE FUNCTION {name}()", params=None
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        name = f"{self.table}_immutable"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {name}", params=None)
            return
        schema_editor.execute(f"DROP FUNCTION {name}() CASCADE", params=None)

    def describe(self) -> str:
        return f"Make rows of {self.table} immutable"


class Lift(Operation):
    """Take `Immutable` off a table, before a change of it; `Immutable` after the change puts it back.

    SQLite may remake a table for a change and lose its triggers, PostgreSQL keeps them: both begin the change without.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, columns: Sequence[str] = ()) -> None:
        self.table, self.columns = table, tuple(columns)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        name = f"{self.table}_immutable"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
            return
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        Immutable(self.table, self.columns).database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Let {self.table} be changed"


class Remaking(Migration):
    """A migration for which SQLite makes the table `remade` anew.

    SQLite refuses that while a trigger of another table asks this one, so those triggers are set aside meanwhile. Only a
    database that is upgraded has them: in a new one, the rooms above come after all migrations of this one.
    """

    remade = ""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        with _set_aside(schema_editor, self.remade):
            return super().apply(project_state, schema_editor, collect_sql)

    def unapply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        with _set_aside(schema_editor, self.remade):
            return super().unapply(project_state, schema_editor, collect_sql)


@contextmanager
def _set_aside(schema_editor: BaseDatabaseSchemaEditor, table: str) -> Iterator[None]:
    """Without the triggers of other tables that name this one. What fails is rolled back, triggers and all."""
    if schema_editor.connection.vendor != "sqlite":
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> %s AND instr(sql, %s)",
            [table, table],
        )
        found = cursor.fetchall()
    for name, _ in found:
        schema_editor.execute(f"DROP TRIGGER {name}", params=None)
    yield
    for _, sql in found:
        schema_editor.execute(sql, params=None)


class RefuseInsert(Operation):
    """Refuse an inserted row of `table` for which the SQL `condition` (over NEW) holds."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, name: str, condition: str, message: str) -> None:
        self.table, self.name, self.condition, self.message = table, name, condition, message

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table} WHEN {self.condition} "
                f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END",
                params=None,
            )
            return
        schema_editor.execute(
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {self.condition} THEN "
            f"RAISE EXCEPTION '{self.message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {self.name} BEFORE INSERT ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            params=None,
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {self.name}", params=None)
            return
        schema_editor.execute(f"DROP FUNCTION {self.name}() CASCADE", params=None)

    def describe(self) -> str:
        return f"Refuse rows of {self.table}: {self.message}"
