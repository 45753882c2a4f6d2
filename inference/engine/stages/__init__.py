"""The stages before the classifier, by kind: quality gate, view, lungs. Each is a file here, behind one protocol.

A pipeline has at most one of each, in the order of KINDS. A stage is trained or fitted by a recipe of its own, stored as a
`StageBundle`, and opened for serving here. Opening loads ONNX Runtime, and nothing here loads torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Literal, Protocol, cast, get_args

from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage, StageResult

Kind = Literal["gate", "view", "lungs"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Stage(Protocol):
    """A stage ready to look at images."""

    def examine(self, images: Sequence[StageImage]) -> list[StageResult]:
        """One result per image, in their order. An image's result does not depend on the images beside it."""


class StageModule(Protocol):
    """What each file here named in KINDS defines."""

    def open_stage(self, bundle: StageBundle) -> Stage:
        """The stage of this bundle. Raises ArtifactError for a bundle that it could not have been stored as."""


def open_stage(bundle: StageBundle) -> Stage:
    """The stage of a bundle, ready to look at images. Raises ArtifactError for a bundle of no known kind."""
    module = cast(StageModule, importlib.import_module(f"{__name__}.{bundle.card.kind}"))
    return module.open_stage(bundle)
