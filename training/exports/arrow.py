"""Rows of a query as Arrow tables, without an object for each value where the database can help it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from overread.postgresql.copying import copy_out

UUID = pa.field("uuid", pa.string())
"""A UUID is a text here; SQLite keeps it without its dashes."""
DASHES = (0, 8, 12, 16, 20, 32)


def table_of(rows: QuerySet[Any, Any], fields: Mapping[str, pa.DataType | pa.Field]) -> pa.Table:
    """The named fields of these rows, each of the type that is given; the names are those of `values_list`."""
    types = {name: kind.type if kind is UUID else kind for name, kind in fields.items()}
    try:
        sql, values = rows.values_list(*fields).query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # Django sees that no row can fit
        return pa.schema(list(types.items())).empty_table()
    if connection.vendor == "postgresql":
        return _copied(sql, values, types)
    return _fetched(sql, values, types, {name for name, kind in fields.items() if kind is UUID})


def _copied(sql: str, values: Sequence[Any], types: dict[str, pa.DataType]) -> pa.Table:
    """By COPY, which PostgreSQL writes and Arrow reads several times as fast as rows one by one."""
    received = io.BytesIO()
    # Moments come in the session's zone, which Django sets to UTC, and with their offset.
    copy_out(f"COPY ({sql}) TO STDOUT (FORMAT csv)", values, received)
    if not received.tell():
        return pa.schema(list(types.items())).empty_table()
    received.seek(0)
    return pyarrow.csv.read_csv(
        received,
        read_options=pyarrow.csv.ReadOptions(column_names=list(types), block_size=4 << 20),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types,
            # COPY writes NULL as nothing at all and an empty text in quotes. All else is itself, "NA" and "null" too.
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def _fetched(sql: str, values: Sequence[Any], types: dict[str, pa.DataType], uuids: set[str]) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = cursor.fetchall()
    columns = list(zip(*found, strict=True)) or [()] * len(types)
    made = {}
    for (name, kind), column in zip(types.items(), columns, strict=True):
        made[name] = _typed(column, kind)
        if name in uuids:
            made[name] = _dashed(made[name])
    return pa.table(made)


def _typed(column: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if not column:
        return pa.array([], kind)
    if pa.types.is_timestamp(kind):
        return pa.array(column, pa.timestamp(kind.unit)).cast(kind)  # they come without a zone, in UTC
    if pa.types.is_boolean(kind):
        return pa.array([_flag(value) for value in column], kind)
    return pa.array(column, kind)


def _flag(value: Any) -> bool | None:
    """Of a column it comes as a boolean, of an expression as a number."""
    return None if value is None else bool(value)


def _dashed(plain: pa.Array) -> pa.Array:
    parts = []
    for start, stop in zip(DASHES, DASHES[1:], strict=False):
        parts.append(pc.utf8_slice_codeunits(plain, start, stop))
    return pc.binary_join_element_wise(*parts, "-")


def matched(rows: pa.Table, key: str, facts: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """The rows with columns of `facts`, whose first column the rows' `key` refers to; `names`: column of facts → its new
    name. Null where facts has no such row; the first where it has several.
    """
    places = pc.index_in(rows[key], value_set=facts.column(0).combine_chunks())
    for name, new in names.items():
        rows = rows.append_column(new, facts[name].take(places))
    return rows


def looked_up(keys: pa.ChunkedArray, facts: Mapping[Any, Any], kind: pa.DataType) -> pa.ChunkedArray:
    """What a small dictionary holds for each key; null where it holds nothing."""
    places = pc.index_in(keys, value_set=pa.array(list(facts), keys.type))
    return pa.chunked_array([pa.array(list(facts.values()), kind)]).take(places)


def shaped(rows: pa.Table, names: Iterable[str], schema: pa.Schema) -> pa.Table:
    """The named columns in the order and the types of the schema."""
    return rows.select(list(names)).cast(schema).combine_chunks()
