"""The forms of files, by name; a file each."""

from __future__ import annotations

from training.exports.formats.csv import Csv
from training.exports.formats.form import Form
from training.exports.formats.jsonl import JsonLines
from training.exports.formats.parquet import Parquet

FORMS: dict[str, Form] = {form.name: form for form in (Csv(), Parquet(), JsonLines())}

__all__ = ["FORMS", "Form"]
