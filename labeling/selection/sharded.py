"""Choosing from a pool in parts: each part hands up the rows that could matter, and the batch is composed of those alone.

It is the batch that the whole would give. Lots go by a row's number in the whole (`Pool.ids`), so that the lowest n of all
rows are among the lowest n of each part, and so it is with those a herding strategy may choose or has to cover. A batch of
n under a patient cap takes at most the first n of a part's ranking under that cap: of each patient the whole admits as many
of the rows before, in this part or in others, or has taken as many for other arms.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection.arms import exploit
from labeling.selection.candidates import sample
from labeling.selection.caps import Cap
from labeling.selection.certainty import doubt
from labeling.selection.herding import CANDIDATES, REFERENCE
from labeling.selection.minutes import SLATE
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool
from labeling.selection.quotas import likeliest

SCORED = ("random", "margin", "mean_margin", "entropy", "bald")
HERDING = ("maxherding", "uherding")
DIVISIBLE = SCORED + HERDING


def handed_up(
    part: Pool,
    *,
    n: int,
    strategy: str,
    patient_ids: ArrayLike,
    patient_cap: int | None,
    seed: int,
    quotas: Iterable[str] = (),
    waiting: ArrayLike = (),
) -> NDArray[np.int64]:
    """Rows (m,) of a part, ascending, on which a batch of n of the whole can depend: all but its audit.

    part: with `ids`, and every labelled row of the whole. patient_ids: whose each of its rows is. quotas: findings that
    have one. waiting: as `compose` has it. m grows with n and not with the part. The herding strategies' share holds where
    a ranking fills the batch that is no longer than CANDIDATES and than `arms.LONGEST` times what is wanted. Raises
    ValueError for a strategy that looks at all rows at once. O(strategy) of the part.
    """
    cap = Cap(patient_ids, len(part), patient_cap, numbers=part.ids, waiting=waiting)
    nobody = np.empty(0, np.int64)
    if strategy in SCORED:
        rows = [exploit(part, n * SLATE, strategy, cap, nobody, seed).rows]
    elif strategy in HERDING:
        rows = _herded(part, np.random.default_rng([seed, *b"exploit"]))
    else:
        raise ValueError(f"{strategy} cannot choose in parts; {', '.join(DIVISIBLE)} can")
    answered = {output.finding for output in part.layout}
    rows += [likeliest(part, each, 2 * n, cap, nobody, seed).rows for each in quotas if each in answered]
    return np.unique(np.concatenate(rows))


def _herded(part: Pool, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """What may be chosen and what is to be covered, with the lots that `herd` draws, in its order.

    Of the half of the candidates that the whole draws at random none but the lowest lots of a part can be. One more of them
    tells these rows from a whole that has no more than may be chosen, which draws no lots for those least sure of.
    """
    unsure = []
    if part.layout:
        unsure = [Picks.lowest(-doubt(part), CANDIDATES // 2, rng=rng, excluded=part.closed, ids=part.ids).rows]
    return [*unsure, sample(part, part.open, CANDIDATES + 1, rng), sample(part, part.open, REFERENCE, rng)]
