"""How a data set is to be read, where its files do not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from training.datasets.errors import DatasetError
from training.datasets.items import ColumnKind
from training.datasets.numbers import Decimal

PatientIds = Literal["", "as-written", "numbers"]


@dataclass(frozen=True)
class Options:
    """What whoever imports decides. Everything may be left out; what a data set then does not tell is asked for.

    `table` and `images` are relative to the data set's folder. `kinds`, `choices` and `units` are by column. `unit` is of
    every measurement without one of its own. `patient_pattern` is a regular expression whose first group is the patient in a
    file's path. `patient_ids`: whether 007, 7 and 7.0 are one patient (`numbers`) or three (`as-written`). `distinct_names`:
    names that differ by a letter are no slips. `structure`: what masks outline. `exhaustive`: whoever imports vouches that
    what an annotation file does not mark in an image is not there. `near_duplicates`: a dry run looks for pictures that look
    the same, however many there are; it decides nothing about how anything is read.
    """

    table: str = ""
    images: str = ""
    image_column: str = ""
    patient_column: str = ""
    patient_pattern: str = ""
    patient_ids: PatientIds = ""
    indication_column: str = ""
    split_column: str = ""
    sex_column: str = ""
    age_column: str = ""
    view_column: str = ""
    label_columns: tuple[str, ...] = ()
    separator: str = ""
    delimiter: str = ""
    decimal: Decimal | Literal[""] = ""
    encoding: str = ""
    prefix: str = ""
    suffix: str = ""
    kinds: Mapping[str, ColumnKind] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    distinct_names: bool = False
    structure: str = ""
    exhaustive: bool = False
    near_duplicates: bool = False

    def stored(self) -> dict[str, Any]:
        """The fields that differ from their defaults, as JSON."""
        default = asdict(Options())
        return {name: value for name, value in asdict(self).items() if value != default[name]}

    def reading(self) -> dict[str, Any]:
        """What of it decides how the data set is read: an import is known by that."""
        return replace(self, near_duplicates=False).stored()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Options:
        """The reverse of `stored`. Raises DatasetError for a field that there is not."""
        unknown = set(stored) - set(asdict(cls()))
        if unknown:
            raise DatasetError(f"There is no option {', '.join(sorted(unknown))}.")
        kinds = set(stored.get("kinds", {}).values()) - set(get_args(ColumnKind))
        if kinds:
            raise DatasetError(
                f"There is no kind {', '.join(sorted(kinds))}. There are {', '.join(get_args(ColumnKind))}."
            )
        values = dict(stored)
        values["label_columns"] = tuple(values.get("label_columns", ()))
        values["choices"] = {name: tuple(options) for name, options in values.get("choices", {}).items()}
        return replace(cls(), **values)


@dataclass(frozen=True)
class Source:
    """Where a data set lies, and how it is read. `table` is None where the layout knows its own."""

    folder: Path
    options: Options = Options()
    table: Path | None = None
    images: Path | None = None

    @property
    def root(self) -> Path:
        """The folder that images are named in."""
        return self.images or self.folder


def source_inside(folder: Path, options: Options) -> Source:
    """A source whose table and images lie in its own folder, by its options. Raises DatasetError where they do not."""
    table = _inside(folder, options.table) if options.table else None
    images = _inside(folder, options.images) if options.images else None
    return Source(folder, options, table, images)


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise DatasetError(f"{name!r} does not lie in the data set's folder.")
    if not path.exists():
        raise DatasetError(f"There is no {name!r} in the data set's folder.")
    return path
