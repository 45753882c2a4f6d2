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
    """What the readers' answers amount to.

    label: the answer; None if unknown. agreement: the largest share of the votes that one answer got, above 0 and at most 1;
    None without votes. adjudicate: the readers' answers alone do not decide. method: how the label was found.
    """

    label: Answer | None
    agreement: float | None
    adjudicate: bool
    method: str


def majority(answers: Sequence[float | None]) -> Consensus[float]:
    """The state with more than half of the votes; if there is none, uncertain and to be adjudicated.

    answers: one per reader, 0 absent, 0.5 uncertain, 1 present; None (not assessable, not answered) is no vote. Without
    votes the label is unknown. Raises ValueError for any other answer. O(readers).
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
