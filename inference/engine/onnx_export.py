"""One ONNX graph with a dynamic batch, giving logits, embedding and maps, and held to what eager torch answers."""

import io
import warnings

import numpy as np
import torch
from numpy.typing import NDArray

from inference.engine.network import Network
from inference.engine.session import INPUT, OUTPUTS, open_graph

TOLERANCE = 1e-4


class ParityLost(RuntimeError):
    """The exported graph does not answer as the network does; it must not be served."""


def export(network: Network, channels: int, size: int) -> bytes:
    """The network in evaluation mode as ONNX bytes for images (N, channels, size, size).

    By the TorchScript exporter: 1.5 s for DenseNet-121 where torch.export's takes 10 s, both equal to 5e-7.
    """
    sample = torch.zeros(2, channels, size, size)
    graph = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it says that the other exporter is now the default
        torch.onnx.export(
            network.cpu().eval(),
            (sample,),
            graph,  # type: ignore[arg-type]  # this exporter writes to a buffer too
            dynamo=False,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "batch"} for name in (INPUT, *OUTPUTS)},
        )
    return graph.getvalue()


def parity(network: Network, onnx: bytes, images: NDArray[np.float32]) -> float:
    """The largest difference between graph and network over all outputs of images (N, C, S, S).

    Relative to an output's largest value where that is above 1 (a measurement in months). Raises ParityLost above
    TOLERANCE or where it is no number.
    """
    with torch.inference_mode():
        expected = network.cpu().eval()(torch.from_numpy(images))
    given = open_graph(onnx).run(OUTPUTS, {INPUT: images})
    differences = [
        float(np.abs(ours - theirs.numpy()).max() / max(1.0, float(theirs.abs().max())))
        for ours, theirs in zip(given, expected, strict=True)
    ]
    if not max(differences) <= TOLERANCE:
        raise ParityLost(f"The exported graph differs from the network by {max(differences):.2g}.")
    return max(differences)
