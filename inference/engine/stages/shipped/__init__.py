"""The stages that come with the product, each in a folder of its kind with a README that tells how it was made.

`python -m training.engine.stages.make` made them; their weights are learnt from public films, no film is in them.
"""

from __future__ import annotations

from pathlib import Path

from inference.engine.digest import sha256_of
from inference.engine.stages.bundle import ARRAYS, CARD, GRAPH, StageBundle

FOLDER = Path(__file__).parent


def shipped(kind: str) -> StageBundle:
    """The stage of a kind that comes with the product. Raises OSError where none does, ArtifactError for altered files."""
    files = {name: (FOLDER / kind / name).read_bytes() for name in (CARD, ARRAYS, GRAPH)}
    return StageBundle.from_files(files, sha256_of(files[CARD]))
