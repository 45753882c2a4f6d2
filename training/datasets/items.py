"""What a data set says of its images, in its own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from training.datasets.images import Images
from training.datasets.numbers import Decimal

Kind = Literal["binary", "categorical", "measurement"]
ColumnKind = Literal["binary", "categorical", "measurement", "names"]  # names: its cells list the findings


@dataclass(frozen=True)
class Question:
    """What a data set says about its images under one name.

    `listed`: images are said to have it by naming it in a list, as in `Effusion|Mass`. `why` tells how its kind was found.
    """

    name: str
    kind: Kind = "binary"
    options: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    listed: bool = False
    why: str = ""


@dataclass(frozen=True)
class Facts:
    """What a data set says of an image beside its findings; "" or None where it does not."""

    sex: str = ""  # M, F or O
    age_years: float | None = None
    view: str = ""  # PA, AP, LL …
    laterality: str = ""  # L, R or B
    body_part: str = ""


@dataclass(frozen=True)
class SourceRegion:
    """A box (two corners) or polygon around what `name` says. `points`: [[x, y], …] in image pixels."""

    name: str
    kind: Literal["box", "polygon"]
    points: tuple[tuple[float, float], ...]
    reader: str = ""


@dataclass(frozen=True)
class Item:
    """One image and everything that the data set says of it.

    `number` is the first line about it, the header being 1, or its place where there is no table. `said` holds a cell by
    question. `named` are the names listed for it; () is an explicit "no finding", None means that nothing is listed.
    `complete`: a listed question that is not named is answered by absent. `problem`: why the image is refused.
    """

    number: int
    file: str
    lines: tuple[int, ...] = ()
    patient: str = ""
    split: str = ""
    indication: str = ""
    facts: Facts = Facts()
    said: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] | None = None
    complete: bool = True
    regions: tuple[SourceRegion, ...] = ()
    masks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # structure → files that outline it together
    problem: str = ""


class Dataset(Protocol):
    """A data set that is open. `tables` are the files whose content decides what it says."""

    @property
    def images(self) -> Images: ...

    @property
    def tables(self) -> tuple[Path, ...]: ...

    def questions(self) -> tuple[Question, ...]:
        """Everything it says about images, in its own order. Raises DatasetError."""

    def items(self) -> Iterator[Item]:
        """Its images, the same ones in the same order each time, in bounded memory. Raises DatasetError."""

    def decimals(self) -> Mapping[str, Decimal]:
        """Question → the decimal sign of its numbers; a point for those that are left out."""

    def notes(self) -> list[str]:
        """What whoever imports it should know, in sentences."""
