"""One label out of several readers' answers to a categorical finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from labeling.consensus.majority import Consensus


def plurality(answers: Sequence[str | None]) -> Consensus[str]:
    """The option with most votes; on a tie the label is unknown and to be adjudicated.

    answers: one option a reader; None (not assessable, not answered) is no vote.
    """
    votes = Counter(answer for answer in answers if answer is not None)
    shares = {option: count / votes.total() for option, count in sorted(votes.items())}
    agreement = max(shares.values(), default=None)
    leaders = [option for option, share in shares.items() if share == agreement]
    label = leaders[0] if len(leaders) == 1 else None
    return Consensus(
        label=label,
        agreement=agreement,
        adjudicate=len(leaders) > 1,
        method="plurality",
    )
