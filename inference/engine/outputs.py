"""What a model answers: one output per finding, and the place of each among the head's K logits.

The names Output and OutputLayout are part of a training set's fingerprint: they do not change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Kind = Literal["binary", "categorical", "measurement"]


@dataclass(frozen=True)
class Output:
    """One finding as the head sees it.

    A binary finding and a measurement (in `unit`) take one logit, a categorical finding one per option. Raises
    ValueError for an unknown kind, a categorical without at least two different options, or options elsewhere.
    """

    name: str
    kind: Kind
    options: tuple[str, ...] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("An output needs a name.")
        if self.kind not in get_args(Kind):
            raise ValueError(f"{self.name}: kind {self.kind!r} is none of {', '.join(get_args(Kind))}.")
        if self.kind == "categorical" and len(set(self.options)) < max(2, len(self.options)):
            raise ValueError(f"{self.name}: a categorical output needs two or more different options.")
        if self.kind != "categorical" and self.options:
            raise ValueError(f"{self.name}: only a categorical output has options.")

    @property
    def width(self) -> int:
        """How many logits this output takes."""
        return len(self.options) or 1


@dataclass(frozen=True)
class OutputLayout:
    """F outputs in the order of the label columns, over K logits. Raises ValueError when empty or a name repeats."""

    outputs: tuple[Output, ...]

    def __post_init__(self) -> None:
        if not self.outputs:
            raise ValueError("A model needs at least one output.")
        if len(set(self.names)) < len(self.outputs):
            raise ValueError("Two outputs share a name.")

    def __iter__(self) -> Iterator[Output]:
        return iter(self.outputs)

    def __len__(self) -> int:
        return len(self.outputs)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(output.name for output in self.outputs)

    @property
    def width(self) -> int:
        """K, the number of logits."""
        return sum(output.width for output in self.outputs)

    @property
    def slices(self) -> tuple[slice, ...]:
        """Each output's columns among the K logits, in the order of the outputs."""
        slices = []
        start = 0
        for output in self.outputs:
            slices.append(slice(start, start + output.width))
            start += output.width
        return tuple(slices)

    @property
    def columns(self) -> tuple[str, ...]:
        """A name for each of the K logits: the finding's, or `finding=option`."""
        names: list[str] = []
        for output in self.outputs:
            if output.options:
                names += [f"{output.name}={option}" for option in output.options]
            else:
                names.append(output.name)
        return tuple(names)

    def to_list(self) -> list[dict[str, Any]]:
        return [asdict(output) | {"options": list(output.options)} for output in self.outputs]

    @classmethod
    def from_list(cls, rows: list[Mapping[str, Any]]) -> "OutputLayout":
        """The inverse of `to_list`. Raises ValueError or TypeError for rows it could not have written."""
        return cls(tuple(Output(**{**row, "options": tuple(row.get("options", ()))}) for row in rows))
