"""A model version as files: a card in JSON, weights in safetensors, a graph in ONNX. None of them can hold code.

The bundle's name is the SHA-256 of its card, and the card holds those of the other two: one digest, kept where the
version is recorded, vouches for every byte.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from inference.engine import basis, intervals, prediction_sets, thresholds
from inference.engine.basis import Basis
from inference.engine.digest import ArtifactError, check, sha256_of
from inference.engine.intervals import PredictionInterval
from inference.engine.outputs import OutputLayout
from inference.engine.prediction_sets import SetLimits
from inference.engine.preparation import Preparation
from inference.engine.probability import Calibration
from inference.engine.thresholds import ThresholdPolicy

FORMAT = 1
CARD, WEIGHTS, GRAPH = "card.json", "weights.safetensors", "model.onnx"


@dataclass(frozen=True)
class Card:
    """Everything about a model version except its weights and graph.

    `calibrations`: one per output, in the layout's order. `thresholds`: a calibrated probability per binary finding.
    `intervals`: of the measurements that have one. `basis`: what calibration and threshold of each finding rest on; older cards
    do not say. `sets`: of the binary findings that have one. `threshold_policy`: how thresholds were chosen, where a basis
    says that they were; None where it is not known. `facts`: plain JSON such as recipe, metrics, shortcuts and parity.
    """

    architecture: str
    layout: OutputLayout
    preparation: Preparation
    calibrations: tuple[Calibration, ...]
    thresholds: Mapping[str, float]
    weights_sha256: str
    onnx_sha256: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    intervals: Mapping[str, PredictionInterval] = field(default_factory=dict)
    basis: Mapping[str, Basis] = field(default_factory=dict)
    sets: Mapping[str, SetLimits] = field(default_factory=dict)
    threshold_policy: ThresholdPolicy | None = None

    def __post_init__(self) -> None:
        if len(self.calibrations) != len(self.layout):
            raise ValueError("A card holds one calibration per output.")
        if set(self.thresholds) != {output.name for output in self.layout if output.kind == "binary"}:
            raise ValueError("A card holds one threshold per binary finding.")
        if set(self.intervals) - {output.name for output in self.layout if output.kind == "measurement"}:
            raise ValueError("Only a measurement has an interval.")
        if set(self.basis) - set(self.layout.names):
            raise ValueError("A basis is that of a finding.")
        if set(self.sets) - set(self.thresholds):
            raise ValueError("Only a binary finding has a set.")

    def to_json(self) -> bytes:
        """UTF-8, sorted keys: the same card gives the same bytes. Raises ValueError for NaN in the facts."""
        fields = {
            "format": FORMAT,
            "architecture": self.architecture,
            "layout": self.layout.to_list(),
            "preparation": self.preparation.to_dict(),
            "calibrations": [asdict(calibration) for calibration in self.calibrations],
            "thresholds": dict(self.thresholds),
            "weights_sha256": self.weights_sha256,
            "onnx_sha256": self.onnx_sha256,
            "facts": dict(self.facts),
        }
        # Left out when empty: a card from before there were these keeps its bytes, and so its digest.
        if self.intervals:
            fields["intervals"] = {name: interval.to_dict() for name, interval in self.intervals.items()}
        if self.basis:
            fields["basis"] = basis.to_dicts(self.basis)
        if self.sets:
            fields["sets"] = {name: limits.to_dict() for name, limits in self.sets.items()}
        if self.threshold_policy:
            fields["threshold_policy"] = self.threshold_policy.to_dict()
        return json.dumps(fields, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> "Card":
        """The inverse of `to_json`. Raises ArtifactError for anything it could not have written."""
        try:
            fields = json.loads(data)
            if fields.pop("format") != FORMAT:
                raise ValueError(f"its format is not {FORMAT}")
            fields["layout"] = OutputLayout.from_list(fields["layout"])
            fields["preparation"] = Preparation.from_dict(fields["preparation"])
            fields["calibrations"] = tuple(Calibration(**values) for values in fields["calibrations"])
            fields["intervals"] = intervals.from_dicts(fields.get("intervals", {}))
            fields["basis"] = basis.from_dicts(fields.get("basis", {}))
            fields["sets"] = prediction_sets.from_dicts(fields.get("sets", {}))
            if "threshold_policy" in fields:
                fields["threshold_policy"] = thresholds.from_dict(fields["threshold_policy"])
            return cls(**fields)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArtifactError(f"The model card is unreadable: {error}.") from error


@dataclass(frozen=True)
class Bundle:
    """One model version's card, weights and graph."""

    card: Card
    weights: bytes
    onnx: bytes

    @property
    def sha256(self) -> str:
        """The version's digest, to be recorded and asked for again by `from_files`."""
        return sha256_of(self.card.to_json())

    def to_files(self) -> dict[str, bytes]:
        """The three files by name."""
        return {CARD: self.card.to_json(), WEIGHTS: self.weights, GRAPH: self.onnx}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], sha256: str) -> "Bundle":
        """The bundle of that digest. Raises ArtifactError when a file is missing, altered or unreadable."""
        missing = {CARD, WEIGHTS, GRAPH} - set(files)
        if missing:
            raise ArtifactError(f"The bundle lacks {', '.join(sorted(missing))}.")
        check(files[CARD], sha256, what="The model card")
        card = Card.from_json(files[CARD])
        check(files[WEIGHTS], card.weights_sha256, what="The weights")
        check(files[GRAPH], card.onnx_sha256, what="The graph")
        return cls(card, files[WEIGHTS], files[GRAPH])
