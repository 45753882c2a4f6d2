"""The facts of reads, for rows that belong to one."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Exists, OuterRef, QuerySet

from labeling.models import Read
from overread.accounts.models import User
from training.exports.arrow import UUID, looked_up, matched, table_of
from training.exports.columns import FLAG, MOMENT, TEXT, WHOLE, Column
from training.exports.scope import Scope

FACTS = {
    "id": UUID,
    "image_id": UUID,
    "reader_id": WHOLE,
    "phase": TEXT,
    "assignment__purpose": TEXT,
    "prediction__pipeline__number": WHOLE,
    "supersedes_id": UUID,
    "superseded": FLAG,
    "extra": FLAG,
    "confidence": TEXT,
    "active_ms": WHOLE,
    "comment": TEXT,
    "reason": TEXT,
    "created_at": MOMENT,
}
NAMES = {
    "image_id": "image",
    "reader_id": "reader_id",
    "phase": "phase",
    "assignment__purpose": "purpose",
    "prediction__pipeline__number": "model",
    "supersedes_id": "supersedes",
    "superseded": "superseded",
    "extra": "extra",
    "confidence": "confidence",
    "active_ms": "active_ms",
    "comment": "comment",
    "reason": "reason",
    "created_at": "created_at",
}
COLUMNS = (
    Column("read"),
    Column("reader_id", WHOLE),
    Column("reader", foreign=True),
    Column("phase"),
    Column("purpose"),
    Column("model", WHOLE),
    Column("supersedes"),
    Column("superseded", FLAG),
    Column("extra", FLAG),
    Column("confidence"),
    Column("active_ms", WHOLE),
    Column("comment", foreign=True),
    Column("reason", foreign=True),
    Column("created_at", MOMENT),
)


def with_read(rows: pa.Table, scope: Scope, reads: QuerySet[Any, Any]) -> pa.Table:
    """The rows with `image` and COLUMNS, by their `read`; `reads` are the keys of them all."""
    later = Exists(Read.objects.filter(supersedes=OuterRef("pk")))
    found = Read.objects.filter(pk__in=reads)
    facts = table_of(found.annotate(superseded=later), FACTS)
    rows = matched(rows, "read", facts, NAMES)
    readers = {}
    for user in User.objects.filter(pk__in=pc.unique(rows["reader_id"]).to_pylist()):
        readers[user.pk] = str(user)
    return rows.append_column("reader", looked_up(rows["reader_id"], readers, TEXT))
