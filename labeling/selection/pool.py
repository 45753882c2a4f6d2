"""What a strategy chooses from: every image that could be read next, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Kind = Literal["binary", "categorical", "measurement"]


@dataclass(frozen=True)
class Output:
    """What the model says of one finding, and how it lies in the columns of `Pool.outputs`.

    binary: one column, the probability that the finding is present. categorical: one column an option, summing to one.
    measurement: one column, the spread of the prediction (standard deviation of an ensemble, or half its interval) in
    the finding's unit; `scale` is the spread that counts as half sure.
    """

    finding: str
    kind: Kind = "binary"
    options: tuple[str, ...] = ()
    scale: float = 1.0
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.finding}: unknown kind {self.kind!r}")
        if (self.kind == "categorical") != (len(self.options) >= 2):
            raise ValueError(f"{self.finding}: a categorical finding, and no other, has two options or more")
        if not self.scale > 0:
            raise ValueError(f"{self.finding}: the scale of a spread is above 0, not {self.scale}")

    @property
    def columns(self) -> int:
        return len(self.options) or 1


@dataclass(frozen=True)
class Pool:
    """N images as arrays; row i is the same image everywhere.

    outputs (N, C): what the model says of each, side by side as `layout` tells, float16 or wider.
    excluded (N,): rows that must not be picked (read, leased, in the reference set); their outputs may be NaN.
    embeddings (N, D): float16, may be memory-mapped; None where no strategy wants them.
    Raises ValueError where shapes disagree or a row that could be picked has a value out of range. O(N·C).
    """

    outputs: NDArray[np.floating]
    layout: tuple[Output, ...]
    excluded: NDArray[np.bool_] | None = None
    embeddings: NDArray[np.floating] | None = None

    def __post_init__(self) -> None:
        columns = sum(output.columns for output in self.layout)
        if self.outputs.ndim != 2 or self.outputs.shape[1] != columns:
            raise ValueError(f"The layout has {columns} columns, the outputs have shape {self.outputs.shape}")
        if self.excluded is not None and (self.excluded.shape != (len(self),) or self.excluded.dtype != np.bool_):
            raise ValueError(f"Excluded must be one bool for each of {len(self)} rows")
        if self.embeddings is not None and len(self.embeddings) != len(self):
            raise ValueError(f"{len(self.embeddings)} embeddings for {len(self)} rows")
        for output, columns_of in self.blocks():
            self._refuse_out_of_range(output, columns_of)

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def available(self) -> int:
        """How many rows could be picked."""
        return len(self) if self.excluded is None else int(len(self) - self.excluded.sum())

    def blocks(self) -> Iterator[tuple[Output, NDArray[np.floating]]]:
        """Each finding's output with its columns (N, k), as a view."""
        start = 0
        for output in self.layout:
            yield output, self.outputs[:, start : start + output.columns]
            start += output.columns

    def _refuse_out_of_range(self, output: Output, block: NDArray[np.floating]) -> None:
        highest = np.inf if output.kind == "measurement" else 1.0
        wrong = ~((block >= 0) & (block <= highest)).all(axis=1)
        if self.excluded is not None:
            wrong &= ~self.excluded
        if wrong.any():
            raise ValueError(f"{output.finding}: {wrong.sum()} of {len(self)} rows are NaN or outside 0..{highest:g}")
