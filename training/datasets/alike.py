"""Names that are so alike that one is probably a slip of the other."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations

from training.datasets.words import plain

ALIKE = 0.85  # Effusion and Effussion have 0.94, Mass and Masses 0.8


def alike_names(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that differ by a letter or two. Names that differ by a sign or a figure are meant to differ: COVID+ and
    COVID-, T1 and T2.
    """
    return [pair for pair in combinations(names, 2) if _are_alike(plain(pair[0]), plain(pair[1]))]


def _are_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # Two upper bounds, which cost less than the ratio itself.
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        return False
    differing = [one[a:b] + other[c:d] for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return "".join(differing).isalpha()
