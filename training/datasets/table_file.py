"""A delimited text file with a header, as a stream of rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from training.datasets.errors import DatasetError

# Python's own limit is 131,072 characters a cell. A report may stand in one, and is no reason to refuse the table.
csv.field_size_limit(2**24)
DELIMITERS = (",", ";", "\t", "|")
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Row:
    """One row. `line` is that on which it begins, the header being 1. `problem`: why it cannot be read as a row. `table`: the
    name of its file where rows of several are read together, "" for the first of them.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""
    table: str = ""


class TableFile:
    """A table by the names of its columns. Blanks around names and cells do not count.

    Raises DatasetError where it is none, where its header names nothing, or where a needed column is missing or stands twice.
    """

    def __init__(
        self,
        path: Path,
        *,
        needed: Sequence[str] = (),
        delimiter: str = "",
        encoding: str = "",
        names: Sequence[str] = (),
        headless: bool = False,
    ) -> None:
        """`names`: the columns by place, for a file whose header does not tell its columns, or which is `headless`."""
        self.path = path
        self._encoding = encoding
        self._by_place = bool(names)
        self._header_lines = 0 if headless else 1
        if delimiter and (len(delimiter) > 1 or delimiter in '\r\n"\0'):
            raise DatasetError(f"Cells cannot be divided by {delimiter!r}. One sign divides them.")
        with self._open() as file:
            first = file.readline()
        self.delimiter = delimiter or _delimiter_of(first, needed)
        self.header = tuple(names) or self._header()
        self._check(needed)

    def rows(self) -> Iterator[Row]:
        """Its rows without empty lines. A row with too many or too few cells is no guess: it has a `problem`."""
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            line = 1
            try:
                for cells in reader:
                    if line > self._header_lines and any(cells):
                        yield self._row(line, cells)
                    line = reader.line_num + 1
            except csv.Error as error:
                raise DatasetError(f"Line {line}: {error}.") from error

    def _row(self, line: int, cells: list[str]) -> Row:
        width = len(self.header)
        # A header that ends with a delimiter, or rows that do, add empty cells only: NIH's table has 12 names, 11 cells.
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) < width:
            self._fill(cells)
        if len(cells) != width:
            # What it holds by place may name its image: then all that is said of that image is refused with it.
            held = dict(zip(self.header, map(str.strip, cells), strict=False))
            return Row(
                line, held, f"It has {len(cells)} cells, the header {width}. Quote a text that holds {self._sign}."
            )
        row = dict(zip(self.header, map(str.strip, cells), strict=True))
        if not is_garbled("".join(cells)):
            return Row(line, row)
        garbled = [name for name, cell in row.items() if is_garbled(cell)]
        if garbled:
            return Row(
                line, row, f"Column {garbled[0]!r} holds what is not UTF-8 text. Save it so, or give its encoding."
            )
        return Row(line, row)

    def _fill(self, cells: list[str]) -> None:
        named = len([name for name in self.header if name])
        while len(self.header) > len(cells) >= named and not self.header[len(cells)]:
            cells.append("")

    def _header(self) -> tuple[str, ...]:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            try:
                header = tuple(name.strip() for name in next(reader, []))
            except csv.Error as error:
                raise DatasetError(f"Line 1: {error}.") from error
        if any(is_garbled(name) for name in header):
            raise DatasetError("The table is not UTF-8 text. Save it as CSV in UTF-8, or give its encoding.")
        if not any(header):
            raise DatasetError(f"{self.path.name} has no header.")
        return header

    def _check(self, needed: Sequence[str]) -> None:
        missing = [name for name in needed if name not in self.header]
        if missing:
            have = ", ".join(name for name in self.header if name)
            raise DatasetError(f"The table has no column {', '.join(map(repr, missing))}; it has {have}.")
        counted = Counter(self.header)
        twice = [name for name in needed if counted[name] > 1]
        if twice:
            raise DatasetError(f"Column {twice[0]!r} stands twice in the table. Rename or delete one of them.")

    @property
    def _sign(self) -> str:
        return {"\t": "a tab"}.get(self.delimiter, self.delimiter)

    def _open(self) -> TextIO:
        encoding = self._encoding
        if not encoding:
            with self.path.open("rb") as file:
                begin = file.read(2)
            # utf-8-sig: spreadsheets write a byte-order mark, which would become part of the first column's name.
            encoding = "utf-16" if begin in UTF16 else "utf-8-sig"
        try:
            # surrogateescape: bytes that are not UTF-8 refuse their own row (`is_garbled`) and not the whole table.
            return self.path.open(newline="", encoding=encoding, errors="surrogateescape")
        except LookupError:
            raise DatasetError(f"There is no encoding {encoding!r}.") from None


def is_garbled(cell: str) -> bool:
    """Whether a cell is no text: it holds bytes that are not UTF-8, or a NUL, which PostgreSQL does not store."""
    if cell.isascii():
        return "\0" in cell
    try:
        return b"\0" in cell.encode()
    except UnicodeEncodeError:
        return True


def printable(text: str) -> str:
    """A text that can be stored, whatever bytes it came from: those that are no text are written out."""
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()


def _delimiter_of(header: str, needed: Sequence[str]) -> str:
    """The delimiter by which the header names most of the needed columns, then most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        return len(set(names) & set(needed)), len(names)

    return max(DELIMITERS, key=fit)
