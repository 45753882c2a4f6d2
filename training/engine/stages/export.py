"""A stage's network as an ONNX graph with a dynamic batch, checked against the network itself."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from inference.engine.onnx_export import TOLERANCE, ParityLost
from inference.engine.session import INPUT, open_graph

CASES = 3


def export(network: nn.Module, size: int, outputs: Sequence[str]) -> bytes:
    """The network in evaluation mode for images float32 (N, 1, size, size). Raises ParityLost where the graph differs."""
    sample = torch.rand(CASES, 1, size, size, generator=torch.Generator().manual_seed(0))
    graph = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it says that the other exporter is now the default
        torch.onnx.export(
            network.cpu().eval(),
            (sample,),
            graph,  # type: ignore[arg-type]  # this exporter writes to a buffer too
            dynamo=False,
            input_names=[INPUT],
            output_names=list(outputs),
            dynamic_axes={name: {0: "batch"} for name in (INPUT, *outputs)},
        )
    _check(network, graph.getvalue(), sample)
    return graph.getvalue()


def _check(network: nn.Module, onnx: bytes, sample: torch.Tensor) -> None:
    with torch.inference_mode():
        expected = network(sample)
    if isinstance(expected, torch.Tensor):
        expected = (expected,)
    given = open_graph(onnx).run(None, {INPUT: sample.numpy()})
    largest = max(float(np.abs(one - other.numpy()).max()) for one, other in zip(given, expected, strict=True))
    if not largest <= TOLERANCE:
        raise ParityLost(f"The exported graph differs from the network by {largest:.2g}.")
