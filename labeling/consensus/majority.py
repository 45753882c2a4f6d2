"""One label out of several readers' three-state answers to a binary finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer", float, str)

ABSENT = 0.0
UNCERTAIN = 0.5
PRESENT = 1.0
STATES = (ABSENT, UNCERTAIN, PRESENT)


@dataclass(frozen=True)
class Consensus(Generic[Answer]):
    """What the readers hold together.

    `label` None means unknown. `agreement` is the largest share of the votes that one answer got, None without votes.
    `adjudicate` says that the readers alone do not settle it.
    """

    label: Answer | None
    agreement: float | None
    adjudicate: bool
    method: str


def majority(answers: Sequence[float | None]) -> Consensus[float]:
    """The state that more than half of the votes name; where there is none, uncertain and to be adjudicated.

    answers: 0 absent, 0.5 uncertain, 1 present, one a reader; None (not assessable, not answered) is no vote. Without
    a vote the label is unknown. Raises ValueError for any other answer.
    """
    votes = Counter(_state(answer) for answer in answers if answer is not None)
    if not votes:
        return Consensus(label=None, agreement=None, adjudicate=False, method="majority")
    [(leader, count)] = votes.most_common(1)
    agreement = count / votes.total()
    # More than half, so two against two has no winner; of leaders that tie none is above it, whichever comes first.
    won = agreement > 0.5
    return Consensus(
        label=leader if won else UNCERTAIN,
        agreement=agreement,
        adjudicate=not won,
        method="majority",
    )


def _state(answer: float) -> float:
    if answer not in STATES:
        raise ValueError(f"An answer is 0, 0.5 or 1, not {answer}")
    return float(answer)
