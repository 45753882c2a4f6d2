"""Serving: a bundle's graph on ONNX Runtime, on one thread. Imports no torch."""

from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from inference.engine.bundle import Bundle
from inference.engine.probability import calibrated

# Names inside every exported graph: they do not change.
INPUT = "images"
OUTPUTS = ("logits", "embedding", "maps")


@dataclass(frozen=True)
class SessionOutput:
    """float32: logits (N, K), embedding (N, D), maps (N, K, h, w)."""

    logits: NDArray[np.float32]
    embedding: NDArray[np.float32]
    maps: NDArray[np.float32]


def open_graph(onnx: bytes, threads: int = 1) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only: warnings about the exporter help nobody who serves
    # By default idle threads spin while they wait for work, and starve the other workers of a machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


class ModelSession:
    """A model version ready to predict."""

    def __init__(self, bundle: Bundle, threads: int = 1) -> None:
        self.card = bundle.card
        self._graph = open_graph(bundle.onnx, threads)

    def run(self, images: NDArray[np.float32], batch: int = 16) -> SessionOutput:
        """Normalised images float32 (N, C, S, S) → their outputs, `batch` at a time.

        Raises ValueError for another shape, or without images.
        """
        side = self.card.preparation.size
        if not len(images) or images.shape[1:] != (self.card.preparation.channels, side, side):
            raise ValueError(f"Images prepared for this model were expected, not an array of {images.shape}.")
        parts = []
        for start in range(0, len(images), batch):
            block = np.ascontiguousarray(images[start : start + batch], np.float32)
            parts.append(self._graph.run(OUTPUTS, {INPUT: block}))
        logits, embedding, maps = zip(*parts, strict=True)
        return SessionOutput(np.concatenate(logits), np.concatenate(embedding), np.concatenate(maps))

    def probabilities(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """(N, K) logits → (N, K) calibrated probabilities (binary, options) and values (measurements)."""
        return calibrated(logits, self.card.layout, self.card.calibrations)
