"""The discriminator as an ONNX graph with a dynamic batch, checked against the network itself."""

import io
import warnings

import torch
from torch import nn

from inference.engine.gate.strangeness import INPUT, OUTPUT
from inference.engine.onnx_export import TOLERANCE, ParityLost
from inference.engine.session import open_graph


def export(network: nn.Module, shape: tuple[int, int, int]) -> bytes:
    """The network in evaluation mode for images float32 (N, *shape). Raises ParityLost where the graph differs."""
    sample = torch.rand(3, *shape, generator=torch.Generator().manual_seed(0))
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it says that the other exporter is now the default
        torch.onnx.export(
            network.cpu().eval(),
            (sample,),
            buffer,  # type: ignore[arg-type]  # this exporter writes to a buffer too
            dynamo=False,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
        )
    graph = buffer.getvalue()
    _check(network, graph, sample)
    return graph


def _check(network: nn.Module, graph: bytes, sample: torch.Tensor) -> None:
    with torch.inference_mode():
        expected = network(sample)
    (given,) = open_graph(graph).run((OUTPUT,), {INPUT: sample.numpy()})
    largest = float((torch.from_numpy(given) - expected).abs().max())
    if not largest <= TOLERANCE * max(1.0, float(expected.abs().max())):
        raise ParityLost(f"The exported graph differs from the network by {largest:.2g}.")
