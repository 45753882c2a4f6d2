"""Inserting rows on hot paths: SQL that is composed once, and no savepoint around a row that may be there already."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

AS_THEY_ARE = frozenset(
    {
        *(models.CharField, models.TextField, models.FloatField, models.BooleanField),
        *(models.IntegerField, models.PositiveIntegerField, models.PositiveSmallIntegerField),
    }
)


def insert(row: models.Model) -> bool:
    """Insert a row, and give it its key. False where a unique constraint says that it is there already.

    The transaction goes on either way. No signals are sent.
    """
    return insert_all([row]) == 1


def insert_all(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model in one statement, leaving out those that are there already; returns how many were not.

    Keys that the database makes are set where all rows are new.
    """
    model = type(rows[0])
    fields = _fields(model)
    values = [_value(row, field) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, len(rows), connection.alias), values)
        made = cursor.fetchall()
    key = model._meta.pk
    if len(made) == len(rows) and key not in fields:
        for row, (value,) in zip(rows, made, strict=True):
            setattr(row, key.attname, value)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return len(made)


def _value(row: models.Model, field: models.Field[Any, Any]) -> Any:
    """What the database gets of a row. Texts and numbers need no adapting, and are most of it."""
    if type(field) in AS_THEY_ARE:
        return getattr(row, field.attname)
    return field.get_db_prep_save(field.pre_save(row, True), connection)


@cache
def _fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The columns that a row brings: all but a key that the database makes."""
    return [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]


@cache
def _statement(model: type[models.Model], count: int, alias: str) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _fields(model))
    places = ", ".join(["%s"] * len(_fields(model)))
    rows = ", ".join([f"({places})"] * count)
    key = quote(str(model._meta.pk.column))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING {key}"
