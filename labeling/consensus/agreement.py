"""How far two readers agree beyond chance."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from sklearn.metrics import cohen_kappa_score


@dataclass(frozen=True)
class Agreement:
    """Between two readers over the `images` that both answered; None where there is nothing to say.

    `observed` is the share of equal answers; `kappa` is None too when both readers gave one and the same answer
    throughout, since chance alone then explains it.
    """

    images: int
    observed: float | None
    kappa: float | None


def cohen_kappa(
    first: Sequence[Hashable | None],
    second: Sequence[Hashable | None],
    states: Sequence[Hashable] = (0.0, 0.5, 1.0),
    weights: Literal["linear", "quadratic"] | None = None,
) -> Agreement:
    """Cohen's kappa (1960), weighted (1968) where the states are ordered.

    first, second: the readers' answers to the same images in the same order; None is left out with its partner.
    states: every possible answer, in order. Raises ValueError for unequal lengths or an answer that is no state.
    """
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if not pairs:
        return Agreement(images=0, observed=None, kappa=None)
    a, b = zip(*[(states.index(a), states.index(b)) for a, b in pairs], strict=True)
    observed = sum(x == y for x, y in pairs) / len(pairs)
    if len({*a, *b}) == 1:
        return Agreement(images=len(pairs), observed=observed, kappa=None)
    kappa = cohen_kappa_score(a, b, labels=range(len(states)), weights=weights)
    return Agreement(images=len(pairs), observed=observed, kappa=float(kappa))
