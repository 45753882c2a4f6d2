"""Rows on hot paths: SQL that is composed once, and no savepoint around a row that may be there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, TypeAlias
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

AS_THEY_ARE = frozenset(
    {
        *(models.CharField, models.TextField, models.FloatField, models.BooleanField),
        *(models.IntegerField, models.BigIntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField),
        *(models.AutoField, models.BigAutoField),
    }
)
Field: TypeAlias = "models.Field[Any, Any]"
Adapt = Callable[[models.Model, BaseDatabaseWrapper], Any]
Convert = Callable[[Any, BaseDatabaseWrapper], Any]


def database() -> BaseDatabaseWrapper:
    """This thread's connection itself: `django.db.connection` looks it up anew at every touch."""
    return connections[DEFAULT_DB_ALIAS]


def _cursor(connection: BaseDatabaseWrapper) -> Any:
    """PostgreSQL plans a statement once; SQLite's module keeps what it has compiled."""
    prepared = getattr(connection, "cursor_for_prepared", connection.cursor)
    return prepared()


# ── inserting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def insert(row: models.Model) -> bool:
    """Insert a row, and give it its key. False where a unique constraint says that it is there already.

    The transaction goes on either way. No signals are sent.
    """
    return insert_all([row]) == 1


def insert_all(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model in one statement, leaving out those that are there already; returns how many were not.

    Keys that the database makes are set where all rows are new.
    """
    model, connection = type(rows[0]), database()
    adapters = _adapters(model)
    values = [adapt(row, connection) for row in rows for adapt in adapters]
    with _cursor(connection) as cursor:
        cursor.execute(_insertion(model, len(rows)), values)
        made = cursor.fetchall()
    key = model._meta.pk
    if len(made) == len(rows) and isinstance(key, models.AutoField):
        for row, (value,) in zip(rows, made, strict=True):
            setattr(row, key.attname, value)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return len(made)


@cache
def _adapters(model: type[models.Model]) -> list[Adapt]:
    return [_adapter(field) for field in _brought(model)]


def _adapter(field: Field) -> Adapt:
    """What takes a field's value from a row as the database gets it. Texts, numbers and what refers to a row by number need
    no adapting, and are most of it.
    """
    name, target = field.attname, _target(field)
    if type(target) in AS_THEY_ARE:
        return lambda row, _: getattr(row, name)
    if type(target) is models.UUIDField or (type(target) is models.DateTimeField and not _set_on_save(target)):
        return lambda row, connection: _adapted(field, getattr(row, name), connection)
    return lambda row, connection: field.get_db_prep_save(field.pre_save(row, True), connection)


def _adapted(field: Field, value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A UUID or a moment as the database gets it; also one that its row holds as text."""
    if value is None or isinstance(value, UUID | datetime):
        return _bound(value, connection)
    return field.get_db_prep_save(value, connection)


def _set_on_save(field: models.DateTimeField[Any, Any]) -> bool:
    return field.auto_now or field.auto_now_add


def _target(field: Field) -> Field:
    """The field that a foreign key stands for, at the end of the chain; another field itself."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


@cache
def _brought(model: type[models.Model]) -> list[Field]:
    """The columns that a row brings: all but a key that the database makes."""
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]


@cache
def _insertion(model: type[models.Model], count: int) -> str:
    quote = database().ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _brought(model))
    places = ", ".join(["%s"] * len(_brought(model)))
    rows = ", ".join([f"({places})"] * count)
    key = quote(str(model._meta.pk.column))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING {key}"


# ── updating ────────────────────────────────────────────────────────────────────────────────────────────────────────


def update(row: models.Model, *names: str, provided: Mapping[str, Any] | None = None) -> bool:
    """Write these fields of a row, named as `attname` has them. False, and nothing is written, where the row has gone, or
    holds other values than `provided` in the database by now.

    No signals are sent.
    """
    model, connection = type(row), database()
    adapters = _adapters_by_name(model)
    values = [adapters[name](row, connection) for name in (*names, model._meta.pk.attname)]
    values += [_bound(value, connection) for value in (provided or {}).values()]
    with _cursor(connection) as cursor:
        cursor.execute(_updating(model, names, tuple(provided or ())), values)
        return bool(cursor.rowcount)


@cache
def _adapters_by_name(model: type[models.Model]) -> dict[str, Adapt]:
    return {field.attname: _adapter(field) for field in model._meta.local_concrete_fields}


@cache
def _updating(model: type[models.Model], names: tuple[str, ...], held: tuple[str, ...]) -> str:
    quote = database().ops.quote_name
    columns = {field.attname: quote(str(field.column)) for field in model._meta.local_concrete_fields}
    written = ", ".join(f"{columns[name]} = %s" for name in names)
    conditions = " AND ".join(f"{columns[name]} = %s" for name in (model._meta.pk.attname, *held))
    return f"UPDATE {quote(model._meta.db_table)} SET {written} WHERE {conditions}"


# ── composing a QuerySet once ───────────────────────────────────────────────────────────────────────────────────────


class PreparedQuery:
    """A QuerySet whose SQL Django composes once, for parameters that differ from run to run: `sql` with the `values` of a
    run, to be run as it is or inside another statement.

    `make` gets one stand-in for each parameter: an object of a model, with a key that nothing else has, or a moment. It
    must use them as values alone: what it decides by their attributes is decided once.
    """

    def __init__(
        self, make: Callable[..., models.QuerySet[Any, Any]], *parameters: type[models.Model] | type[datetime]
    ):
        self._make, self._parameters = make, parameters

    @cached_property
    def sql(self) -> str:
        return self._composed[0]

    def values(self, *given: Any) -> list[Any]:
        """What the places in `sql` are filled with, where the parameters are these: objects, or their keys, or moments."""
        connection = database()
        bound = [_bound(value.pk if isinstance(value, models.Model) else value, connection) for value in given]
        return [bound[place] if place is not None else value for place, value in self._composed[1]]

    def found(self, *given: Any) -> list[tuple[Any, ...]]:
        """The rows, as the database gives them."""
        with _cursor(database()) as cursor:
            cursor.execute(self.sql, self.values(*given))
            return list(cursor.fetchall())

    def objects(self, *given: Any) -> list[Any]:
        """The rows as objects, where `make` selects the columns of its model and no others."""
        model, connection = self._composed[2], database()
        return [_object(model, row, connection) for row in self.found(*given)]

    @cached_property
    def _composed(self) -> tuple[str, list[tuple[int | None, Any]], type[models.Model]]:
        """The SQL, for each place in it the parameter that goes there or the value that always does, and the model."""
        connection = database()
        stand_ins = [_stand_in(kind, place) for place, kind in enumerate(self._parameters)]
        known = [_bound(each.pk if isinstance(each, models.Model) else each, connection) for each in stand_ins]
        made = self._make(*stand_ins)
        sql, values = made.query.get_compiler(connection=connection).as_sql()
        return sql, [(known.index(value) if value in known else None, value) for value in values], made.model


def _stand_in(kind: type[models.Model] | type[datetime], place: int) -> models.Model | datetime:
    if not issubclass(kind, models.Model):
        return datetime(1582, 10, 15 + place, 1, 2, 3, 4, UTC)
    number = 2**62 + place
    return kind(pk=UUID(int=number) if isinstance(kind._meta.pk, models.UUIDField) else number)


def whether(*questions: tuple[PreparedQuery, Sequence[Any]]) -> list[bool]:
    """Whether each of these finds a row, with its parameters; all in one statement."""
    asked = ", ".join(f"EXISTS ({prepared.sql})" for prepared, _ in questions)
    values = [value for prepared, given in questions for value in prepared.values(*given)]
    with _cursor(database()) as cursor:
        cursor.execute(f"SELECT {asked}", values)
        return [bool(value) for value in cursor.fetchone()]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Select:
    """A SELECT that is written by hand and composed once. Its rows are tuples: an object of each of `models`, or None where
    an outer join finds none, then the values of the expressions `also`.

    `rest` is the statement from FROM on. It names the tables without aliases. With `locked` it locks the rows of that table,
    where the database locks rows.
    """

    def __init__(self, *models: type[models.Model], also: Sequence[str] = (), rest: str, locked: str = "") -> None:
        self._models, self._also, self._rest, self._locked = models, also, rest, locked
        self._sql = ""

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows for these parameters: texts, numbers, UUIDs or moments."""
        connection = database()
        with _cursor(connection) as cursor:
            cursor.execute(self._sql or self._composed(connection), [_bound(value, connection) for value in values])
            found = cursor.fetchall()
        return [self._objects(row, connection) for row in found]

    def _composed(self, connection: BaseDatabaseWrapper) -> str:
        quote = connection.ops.quote_name
        columns = [
            f"{quote(model._meta.db_table)}.{quote(str(field.column))}"
            for model in self._models
            for field in model._meta.concrete_fields
        ]
        self._sql = f"SELECT {', '.join([*columns, *self._also])} {self._rest}"
        if self._locked and connection.features.has_select_for_update:
            self._sql += f" FOR UPDATE OF {self._locked}"
        return self._sql

    def _objects(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        objects: list[Any] = []
        at = 0
        for model in self._models:
            end = at + len(model._meta.concrete_fields)
            objects.append(_object(model, row[at:end], connection))
            at = end
        return (*objects, *row[at:])


def _object(model: type[models.Model], row: Sequence[Any], connection: BaseDatabaseWrapper) -> Any:
    """An object out of all columns of its model; None where an outer join has found none."""
    names, converters, key = _columns(model)
    if row[key] is None:
        return None
    values = list(row)
    for place, convert in converters:
        values[place] = convert(values[place], connection)
    return model.from_db(connection.alias, names, values)


def at_hand(row: models.Model, name: str, objects: list[Any]) -> None:
    """Let the related `name` of a row hold these objects, as prefetch_related would have it: nobody asks the database again."""
    related = getattr(row, name).all()
    related._result_cache, related._prefetch_done = objects, True
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def _bound(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A parameter as the database keeps such a value: SQLite has neither UUIDs nor moments."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


@cache
def _columns(model: type[models.Model]) -> tuple[list[str], list[tuple[int, Convert]], int]:
    """The names of a model's columns, what makes Python's value of those that the database keeps in another form, and the
    place of the key.
    """
    fields = model._meta.concrete_fields
    made = [(place, _converter(field)) for place, field in enumerate(fields)]
    converters = [(place, convert) for place, convert in made if convert is not None]
    return [field.attname for field in fields], converters, fields.index(model._meta.pk)


def _converter(field: Field) -> Convert | None:
    """What makes Python's value of a column's, as the ORM does it; None where it stays as it is."""
    connection = database()
    column = field.get_col(field.model._meta.db_table)
    steps = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]

    def convert(value: Any, connection: BaseDatabaseWrapper) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert if steps else None
