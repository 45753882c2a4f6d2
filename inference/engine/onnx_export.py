"""Export to one ONNX graph with a dynamic batch, checked against the network in torch."""

import io
import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch.jit._trace import TracerWarning

from inference.engine.network import Network
from inference.engine.session import INPUT, OUTPUTS, open_graph

TOLERANCE = 1e-4  # some two hundred times what rounding makes; a wrong operator differs by far more


class ParityLost(RuntimeError):
    """The exported graph answers otherwise than the network. It must not be served."""


def export(network: Network, channels: int, size: int) -> bytes:
    """The network in evaluation mode as ONNX bytes for images (N, channels, size, size).

    Uses the TorchScript exporter, which takes 1.5 s for DenseNet-121 where torch.export's takes 10 s. Both differ from
    torch by 5e-7.
    """
    # Two images: of a batch of one, the exporter may take the batch for a constant.
    sample = torch.zeros(2, channels, size, size)
    graph = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it says that the other exporter is now the default
        warnings.simplefilter("ignore", TracerWarning)  # of sizes that become constants, as they are to
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
    """The largest difference between graph and network over all outputs of images float32 (N, C, S, S).

    Relative to an output's largest value where that is above 1, as for a measurement in months. Raises ParityLost when
    the difference is above TOLERANCE, or NaN.
    """
    with torch.inference_mode():
        expected = network.cpu().eval()(torch.from_numpy(images))
    given = open_graph(onnx).run(OUTPUTS, {INPUT: images})
    differences = []
    for of_graph, of_network in zip(given, expected, strict=True):
        scale = max(1.0, float(of_network.abs().max()))
        differences.append(np.abs(of_graph - of_network.numpy()).max() / scale)
    # NumPy's maximum is NaN where one is; Python's max may drop it. A NaN fails the comparison.
    largest = float(np.max(differences))
    if not largest <= TOLERANCE:
        raise ParityLost(f"The exported graph differs from the network by {largest:.2g}.")
    return largest
