"""A database's rows as text, and back: what `make.py` keeps of the older build, and what the upgrade is compared with."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from django.db import connection, models

Rows = dict[str, list[dict[str, Any]]]
"""Table → its rows by their key; a row is column → what JSON can hold."""

Packed = dict[str, list[list[Any]]]
"""The same in fewer words: the first of a table's lists names its columns."""

MADE_BY_MIGRATE = {"django_content_type", "auth_permission", "django_migrations"}


def models_of(apps: Any) -> list[type[models.Model]]:
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [model for model in found if model._meta.db_table not in MADE_BY_MIGRATE]


def rows_of(apps: Any) -> Rows:
    """Every row of the database, by the models of `apps`."""
    return {model._meta.db_table: [_texts(row) for row in _ordered(model)] for model in models_of(apps)}


def rows_put(apps: Any, rows: Rows) -> None:
    """Insert them as they are, and have PostgreSQL count on from their keys."""
    for model in models_of(apps):
        for field in model._meta.local_fields:
            field.auto_now = field.auto_now_add = False  # their times are those of the older build
        made = [_row(model, texts) for texts in rows.get(model._meta.db_table, [])]
        model._base_manager.bulk_create(made)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(_no_style(), models_of(apps)):
            cursor.execute(statement)


def packed(rows: Rows) -> Packed:
    return {table: [list(held[0]), *(list(row.values()) for row in held)] for table, held in rows.items() if held}


def unpacked(kept: Packed) -> Rows:
    return {table: [dict(zip(columns, row, strict=True)) for row in held] for table, (columns, *held) in kept.items()}


def _ordered(model: type[models.Model]) -> Any:
    return model._base_manager.order_by("pk")


def _texts(row: models.Model) -> dict[str, Any]:
    return {field.column: _text(field, getattr(row, field.attname)) for field in row._meta.local_fields}


def _text(field: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float) or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return b64encode(bytes(value)).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _row(model: type[models.Model], texts: dict[str, Any]) -> models.Model:
    fields = {field.column: field for field in model._meta.local_fields}
    return model(**{fields[column].attname: _value(fields[column], text) for column, text in texts.items()})


def _value(field: Any, text: Any) -> Any:
    if text is None or isinstance(field, models.JSONField):
        return text
    if isinstance(field, models.BinaryField):
        return b64decode(text)
    return getattr(field, "target_field", field).to_python(text)


def _no_style() -> Any:
    from django.core.management.color import no_style

    return no_style()
