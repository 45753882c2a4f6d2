"""The forms of files, by name; a file each."""

from __future__ import annotations

from training.exports.formats.coco import Coco
from training.exports.formats.csv import Csv
from training.exports.formats.folders import Folders
from training.exports.formats.form import Form
from training.exports.formats.jsonl import JsonLines
from training.exports.formats.parquet import Parquet
from training.exports.formats.yolo import Yolo

FORMS: dict[str, Form] = {form.name: form for form in (Csv(), Parquet(), JsonLines(), Coco(), Yolo(), Folders())}

__all__ = ["FORMS", "Form"]
