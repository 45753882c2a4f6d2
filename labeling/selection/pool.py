"""What a strategy chooses from, the images as arrays, and what it returns: rows of them, best first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

FindingKind = Literal["binary", "categorical", "measurement"]


@dataclass(frozen=True)
class FindingOutput:
    """What the model says of one finding, and how it is laid out in the columns of `Pool.outputs`.

    binary: one column, the probability in 0..1 that the finding is present. categorical: one column per option,
    probabilities that sum to 1. measurement: one column, the spread of the prediction in the finding's unit, at least 0
    (the standard deviation of an ensemble, or half an interval); `scale` is the spread that counts as half sure.
    Raises ValueError for an unknown kind, options that do not go with the kind, or a scale that is not above 0.
    """

    finding: str
    kind: FindingKind = "binary"
    options: tuple[str, ...] = ()
    scale: float = 1.0
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(FindingKind):
            raise ValueError(f"{self.finding}: unknown kind {self.kind!r}")
        if (self.kind == "categorical") != (len(self.options) >= 2):
            raise ValueError(f"{self.finding}: a categorical finding, and no other, has two options or more")
        if not self.scale > 0:
            raise ValueError(f"{self.finding}: the scale of a spread is above 0, not {self.scale}")

    @property
    def columns(self) -> int:
        return len(self.options) or 1


# How far from 1 the probabilities of a finding's options may sum: stored scores are float16, which rounds them.
ROUNDING = 0.01

Head = Callable[[NDArray[np.float32]], NDArray[np.floating]]
"""From float32 embeddings (n, D) to outputs (n, C), columns as the pool's layout says, except that a measurement's column is
its value in its unit and not its spread.
"""

# Rows of embeddings in memory as float32 at once: all of a large pool would take a gigabyte or more.
BLOCK = 16_384


@dataclass(frozen=True)
class Gathered:
    """Rows (N,) of a longer array (M, D), which may be memory-mapped: each row is read when it is indexed."""

    whole: NDArray[np.floating]
    rows: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, of: NDArray[np.integer] | slice) -> NDArray[np.floating]:
        found: NDArray[np.floating] = self.whole[self.rows[of]]
        return found

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), self.whole.shape[1]


@dataclass(frozen=True)
class Pool:
    """N images as arrays; row i is the same image in all of them.

    outputs (N, C): what the model says, columns as `layout` says, float16 or wider.
    excluded (N,) bool: rows that must not be picked (leased, in the reference set); their outputs may be NaN.
    embeddings (N, D) float16: may be memory-mapped or gathered; None if the strategy needs none.
    labelled (L,) int: rows with known answers. They are not picked, but show what is covered; their outputs may be NaN.
    labels (L, F) float: those answers, one column per finding of the layout; an option by its index, NaN if unknown.
    head: computes outputs of other embeddings, for strategies that leave out some of a row's values.
    Raises ValueError if shapes disagree, or a row that may be picked has a value out of range. O(N·C).
    """

    outputs: NDArray[np.floating]
    layout: tuple[FindingOutput, ...]
    excluded: NDArray[np.bool_] | None = None
    embeddings: NDArray[np.floating] | Gathered | None = None
    labelled: NDArray[np.int64] | None = None
    labels: NDArray[np.floating] | None = None
    head: Head | None = None

    def __post_init__(self) -> None:
        columns = sum(output.columns for output in self.layout)
        if self.outputs.ndim != 2 or self.outputs.shape[1] != columns:
            raise ValueError(f"The layout has {columns} columns, the outputs have shape {self.outputs.shape}")
        if self.excluded is not None and (self.excluded.shape != (len(self),) or self.excluded.dtype != np.bool_):
            raise ValueError(f"Excluded must be one bool for each of {len(self)} rows")
        if self.embeddings is not None and len(self.embeddings) != len(self):
            raise ValueError(f"{len(self.embeddings)} embeddings for {len(self)} rows")
        self._refuse_wrong_labels()
        for output, columns_of in self.blocks():
            self._refuse_out_of_range(output, columns_of)

    def __len__(self) -> int:
        return len(self.outputs)

    @cached_property
    def closed(self) -> NDArray[np.bool_] | None:
        """Which rows (N,) must not be picked, as they are excluded or labelled; None if all may be."""
        if self.labelled is None or not len(self.labelled):
            return self.excluded
        closed = np.zeros(len(self), dtype=bool)
        if self.excluded is not None:
            closed |= self.excluded
        closed[self.labelled] = True
        return closed

    @property
    def open(self) -> NDArray[np.int64]:
        """The rows (k,) that may be picked, ascending."""
        if self.closed is None:
            return np.arange(len(self), dtype=np.int64)
        return np.flatnonzero(~self.closed).astype(np.int64, copy=False)

    @property
    def known(self) -> NDArray[np.int64]:
        """The rows (L,) with known answers; empty if there are none."""
        if self.labelled is None:
            return np.empty(0, dtype=np.int64)
        return self.labelled

    @property
    def available(self) -> int:
        """How many rows may be picked."""
        if self.closed is None:
            return len(self)
        return int(len(self) - self.closed.sum())

    def blocks(self) -> Iterator[tuple[FindingOutput, NDArray[np.floating]]]:
        """Each finding's output with its columns (N, k), as a view."""
        return parts(self.layout, self.outputs)

    def embedded(self, rows: NDArray[np.integer] | slice) -> NDArray[np.float32]:
        """The embeddings (k, D) of these rows. Raises ValueError if the pool has none, or one is not finite."""
        if self.embeddings is None:
            raise ValueError("This pool holds no embeddings: choose a strategy that needs none")
        block = self.embeddings[rows].astype(np.float32)
        # One sum finds any NaN or infinity, without a mask as large as the block.
        if not np.isfinite(block.sum(dtype=np.float64)):
            raise ValueError("An embedding is NaN or infinite: embed these rows again or exclude them")
        return block

    def passes(self, rows: NDArray[np.int64]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        """The embeddings of these rows (k,), ascending, in blocks of at most BLOCK rows: each with its place among them."""
        for start in range(0, len(rows), BLOCK):
            place = slice(start, min(start + BLOCK, len(rows)))
            within = rows[place]
            if within[-1] - within[0] == len(within) - 1:
                # Neighbouring rows are read as a slice, which a memory map gives without a copy.
                yield place, self.embedded(slice(int(within[0]), int(within[-1]) + 1))
            else:
                yield place, self.embedded(within)

    def _refuse_wrong_labels(self) -> None:
        known = self.known
        if len(known) and not (known.ndim == 1 and np.issubdtype(known.dtype, np.integer)):
            raise ValueError(f"Labelled must be the numbers of rows, not {known.dtype} of shape {known.shape}")
        if len(known) and (known.min() < 0 or known.max() >= len(self)):
            raise ValueError(f"Labelled rows lie in 0..{len(self) - 1}")
        if len(np.unique(known)) < len(known):
            raise ValueError("A labelled row is listed twice")
        if self.labels is not None and self.labels.shape != (len(known), len(self.layout)):
            raise ValueError(f"Labels {self.labels.shape} for {len(known)} rows and {len(self.layout)} findings")

    def _refuse_out_of_range(self, output: FindingOutput, block: NDArray[np.floating]) -> None:
        highest = np.inf if output.kind == "measurement" else 1.0
        # The negated comparison is also true of NaN, which is neither at least 0 nor at most the highest.
        wrong = ~((block >= 0) & (block <= highest)).all(axis=1)
        whole = ""
        if output.kind == "categorical":
            wrong |= np.abs(block.sum(axis=1, dtype=np.float32) - 1) > ROUNDING
            whole = ", or do not sum to 1"
        if self.closed is not None:
            wrong &= ~self.closed
        if wrong.any():
            rows = f"{wrong.sum()} of {len(self)} rows"
            raise ValueError(f"{output.finding}: {rows} are NaN or outside 0..{highest:g}{whole}")


def parts(
    layout: tuple[FindingOutput, ...], outputs: NDArray[np.floating]
) -> Iterator[tuple[FindingOutput, NDArray[np.floating]]]:
    """Each finding's output with its columns (…, N, k) of outputs (…, N, C), as a view."""
    start = 0
    for output in layout:
        yield output, outputs[..., start : start + output.columns]
        start += output.columns


@dataclass(frozen=True)
class Picks:
    """Rows (n,) of a pool in the order they should be read, and the score (n,) each was picked by, lowest first.

    probabilities (n,) in 0..1: how likely each row was to be drawn, for a random draw; None otherwise.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: NDArray[np.integer] | NDArray[np.bool_]) -> Picks:
        """The picks at these places (k,), without probabilities: which of them are kept was not drawn at random."""
        return Picks(rows=self.rows[places], scores=self.scores[places])

    def then(self, others: Picks) -> Picks:
        """These picks followed by others, without probabilities."""
        return Picks(rows=np.append(self.rows, others.rows), scores=np.append(self.scores, others.scores))

    @classmethod
    def lowest(
        cls,
        values: ArrayLike,
        n: int,
        rng: np.random.Generator,
        excluded: NDArray[np.bool_] | None = None,
    ) -> Picks:
        """The n rows with the lowest values (N,), ties in random order; fewer if fewer are left. O(N + n·log n).

        Excluded rows, a bool (N,), may have any value. Raises ValueError for a negative n, values of another shape, and a
        NaN in a row that may be picked.
        """
        values = np.asarray(values)
        if n < 0 or values.ndim != 1:
            raise ValueError(f"Wanted n >= 0 and one value per row, not n = {n} and shape {values.shape}")
        rows = np.arange(len(values))
        if excluded is not None:
            rows = np.flatnonzero(~excluded)
        left = values[rows]
        if unknown := int(np.isnan(left).sum()):
            raise ValueError(f"{unknown} of {len(left)} values to rank are NaN: score these rows or exclude them")
        best = _lowest(left, min(n, len(left)), row_keys(rows, rng))
        return cls(rows=rows[best].astype(np.int64), scores=left[best].astype(np.float64))


def _lowest(values: NDArray[np.generic], n: int, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Positions of the n lowest values, in order; ties go by their random keys."""
    if n == 0:
        return np.empty(0, dtype=np.intp)
    # A partial sort finds the n-th value in O(N); only what ties with it or lies below is sorted.
    edge = values[np.argpartition(values, n - 1)[n - 1]]
    close = np.flatnonzero(values <= edge)
    return close[np.lexsort((keys[close], values[close]))[:n]]


def row_keys(rows: NDArray[np.integer], rng: np.random.Generator) -> NDArray[np.uint64]:
    """A random uint64 key (n,) for each of the rows (n,), all different, to break ties and draw samples. O(n).

    It is a hash of the row's number and one draw of the generator, so that excluding a row changes no other row's key.
    The hash is SplitMix64, which is one-to-one (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
    OOPSLA 2014).
    """
    key = rng.integers(2**64, dtype=np.uint64)
    # The constants and shifts are SplitMix64's own; unsigned arithmetic wraps, as it should.
    mixed = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + key
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def sample(rows: NDArray[np.int64], limit: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """At most `limit` of the rows (k,), all equally likely, ascending. O(k)."""
    keys = row_keys(rows, rng)  # drawn even where all rows fit, so that what is drawn next stays the same
    if len(rows) <= limit:
        return rows
    return np.sort(rows[np.argpartition(keys, limit)[:limit]])
