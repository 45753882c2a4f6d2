"""Stages that come with the product, a folder each, with what they were made from in its README.md."""

from __future__ import annotations

from pathlib import Path

from inference.engine.digest import sha256_of
from inference.engine.stages.bundle import ARRAYS, CARD, GRAPH, StageBundle

HERE = Path(__file__).parent


def kinds() -> tuple[str, ...]:
    """The kinds of stage that there is one of, sorted."""
    return tuple(sorted(card.parent.name for card in HERE.glob(f"*/{CARD}")))


def find(kind: str) -> StageBundle:
    """The stage of this kind. Raises ValueError, which lists the kinds, where none comes with the product."""
    if kind not in kinds():
        raise ValueError(f"No {kind!r} stage comes with the product; there are {', '.join(kinds()) or 'none'}.")
    files = {name: (HERE / kind / name).read_bytes() for name in (CARD, ARRAYS, GRAPH)}
    return StageBundle.from_files(files, sha256_of(files[CARD]))
