"""The tables that can be exported, by name; a file each."""

from __future__ import annotations

from training.exports.tables import labels, reads, regions, scores
from training.exports.tables.table import Chunk, Key, Table

TABLES: dict[str, Table] = {table.name: table for table in (labels.LABELS, reads.READS, scores.SCORES, regions.REGIONS)}

__all__ = ["TABLES", "Chunk", "Key", "Table"]
