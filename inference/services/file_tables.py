"""The scores of files as a table: CSV or Parquet, a row a file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

import pyarrow as pa
from pyarrow import parquet

from inference.engine.stages.results import worst
from inference.services.files import FileScore

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # spreadsheets take a cell that begins so for a formula
GROUP = 1000  # rows that are written together as one row group


class TableShape:
    """The columns of a table of scores, and the row of a file. `layout`: that of a classifier's card."""

    def __init__(self, layout: Sequence[dict[str, Any]], model: int) -> None:
        self.layout = layout
        self.model = model
        columns = [("file", pa.string()), ("model", pa.int64())]
        for output in layout:
            columns += columns_of(output)
        columns += [(name, pa.string()) for name in ("verdict", "why", "refused")]
        self.schema = pa.schema(columns)

    def row(self, score: FileScore) -> list[Any]:
        """The cells of one file, None where there is nothing to say."""
        cells: list[Any] = [str(score.path), self.model]
        for output in self.layout:
            cells += values_of(output, score.outputs.get(output["name"]))
        return [*cells, *said(score), score.reason or None]


class Table(Protocol):
    """Takes the scores of files one by one."""

    def add(self, score: FileScore) -> None: ...


class CsvTable:
    """Probabilities with six decimals, an empty cell where there is nothing, no cell that a spreadsheet takes for a formula."""

    def __init__(self, shape: TableShape, file: TextIO) -> None:
        self._shape = shape
        self._writer = csv.writer(file)
        self._writer.writerow(shape.schema.names)

    def add(self, score: FileScore) -> None:
        self._writer.writerow([_text(cell) for cell in self._shape.row(score)])


class ParquetTable:
    """Numbers as doubles, flags as booleans, null where there is nothing. Raises OSError where the file cannot be written."""

    def __init__(self, shape: TableShape, path: Path) -> None:
        self._shape = shape
        self._writer = parquet.ParquetWriter(path, shape.schema)
        self._rows: list[list[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flush()
        self._writer.close()

    def add(self, score: FileScore) -> None:
        self._rows.append(self._shape.row(score))
        if len(self._rows) >= GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        columns = [list(column) for column in zip(*self._rows, strict=True)]
        self._writer.write_table(pa.table(columns, schema=self._shape.schema))
        self._rows.clear()


def columns_of(output: dict[str, Any]) -> list[tuple[str, pa.DataType]]:
    """Name and type of each column of one finding."""
    name = output["name"]
    if output["kind"] == "binary":
        return [(name, pa.float64()), (f"{name}_threshold", pa.float64()), (f"{name}_above", pa.bool_())]
    if output["kind"] == "categorical":
        return [(f"{name}={option}", pa.float64()) for option in output["options"]]
    return [(f"{name} ({output['unit']})", pa.float64())]


def values_of(output: dict[str, Any], prediction: dict[str, Any] | None) -> list[Any]:
    """The cells of one finding, in the order of `columns_of`. None where there is no prediction."""
    if prediction is None:
        return [None] * len(columns_of(output))
    if output["kind"] == "binary":
        return [prediction["probability"], prediction["threshold"], bool(prediction["above"])]
    if output["kind"] == "categorical":
        return [prediction["probabilities"][option] for option in output["options"]]
    return [prediction["value"]]


def said(score: FileScore) -> tuple[str | None, str | None]:
    """The worst verdict of the stages before the classifier, and the codes of their reasons. None without stages."""
    if not score.stages:
        return None, None
    codes = []
    for stage in score.stages.values():
        codes += [reason["code"] for reason in stage["reasons"]]
    return worst(stage["verdict"] for stage in score.stages.values()), " ".join(codes)


def _text(cell: Any) -> str:
    """A cell of CSV. File names come from elsewhere."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.6f}"
    text = str(cell)
    return f"'{text}" if text.startswith(DANGEROUS) else text
