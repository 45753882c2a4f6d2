"""One label out of several readers' answers to a categorical finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from labeling.consensus.majority import Consensus


def plurality(answers: Sequence[str | None]) -> Consensus[str]:
    """The option with the most votes; on a tie the label is unknown and to be adjudicated.

    answers: one option per reader; None (not assessable, not answered) is no vote. Raises nothing. O(readers).
    """
    votes = Counter(answer for answer in answers if answer is not None)
    if not votes:
        return Consensus(label=None, agreement=None, adjudicate=False, method="plurality")
    [(leader, count), *others] = votes.most_common(2)
    tie = bool(others) and others[0][1] == count
    return Consensus(
        label=None if tie else leader,
        agreement=count / votes.total(),
        adjudicate=tie,
        method="plurality",
    )
