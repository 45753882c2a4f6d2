"""A stage as files: a card in JSON, arrays in safetensors, a graph in ONNX where it has a network.

As with a classifier's bundle, the name is the SHA-256 of the card, which holds those of the other files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from inference.engine.digest import ArtifactError, check, sha256_of

FORMAT = 1
CARD, ARRAYS, GRAPH = "card.json", "arrays.safetensors", "model.onnx"


@dataclass(frozen=True)
class StageCard:
    """Everything about a stage but its arrays and graph.

    `parameters`: what serving needs, such as input size, names of views, thresholds. `facts`: what people want to know: recipe,
    data, figures. Both plain JSON.
    """

    kind: str
    architecture: str
    parameters: Mapping[str, Any]
    arrays_sha256: str
    onnx_sha256: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """UTF-8, sorted keys: the same card gives the same bytes. Raises ValueError for NaN."""
        fields = {
            "format": FORMAT,
            "kind": self.kind,
            "architecture": self.architecture,
            "parameters": dict(self.parameters),
            "arrays_sha256": self.arrays_sha256,
            "onnx_sha256": self.onnx_sha256,
            "facts": dict(self.facts),
        }
        return json.dumps(fields, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> StageCard:
        """The inverse of `to_json`. Raises ArtifactError for anything it could not have written."""
        try:
            fields = json.loads(data)
            if fields.pop("format") != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArtifactError(f"The card of the stage is unreadable: {error}.") from error


@dataclass(frozen=True)
class StageBundle:
    """One stage's card, arrays and graph. `onnx` is empty for a stage without a network."""

    card: StageCard
    arrays: bytes
    onnx: bytes

    @classmethod
    def pack(
        cls,
        *,
        kind: str,
        architecture: str,
        parameters: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        onnx: bytes = b"",
        facts: Mapping[str, Any] | None = None,
    ) -> StageBundle:
        """The bundle of a trained or fitted stage. The same stage gives the same bytes."""
        contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
        packed = save(contiguous)
        card = StageCard(kind, architecture, parameters, sha256_of(packed), sha256_of(onnx), facts or {})
        return cls(card, packed, onnx)

    @property
    def sha256(self) -> str:
        """The digest that names the bundle, and vouches for all its bytes."""
        return sha256_of(self.card.to_json())

    def unpack(self) -> dict[str, NDArray[Any]]:
        """The arrays by name. Raises ArtifactError for bytes that are no safetensors."""
        try:
            return load(self.arrays)
        except SafetensorError as error:
            raise ArtifactError(f"The arrays of the stage are unreadable: {error}.") from error

    def to_files(self) -> dict[str, bytes]:
        """The files by name."""
        return {CARD: self.card.to_json(), ARRAYS: self.arrays, GRAPH: self.onnx}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], sha256: str) -> StageBundle:
        """The bundle of that digest. Raises ArtifactError when a file is missing, altered or unreadable."""
        missing = {CARD, ARRAYS, GRAPH} - set(files)
        if missing:
            raise ArtifactError(f"The stage lacks {', '.join(sorted(missing))}.")
        check(files[CARD], sha256, what="The card of the stage")
        card = StageCard.from_json(files[CARD])
        check(files[ARRAYS], card.arrays_sha256, what="The arrays of the stage")
        check(files[GRAPH], card.onnx_sha256, what="The graph of the stage")
        return cls(card, files[ARRAYS], files[GRAPH])
