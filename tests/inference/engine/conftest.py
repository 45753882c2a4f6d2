from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.engine import weights
from inference.engine.bundle import Bundle, Card
from inference.engine.digest import sha256_of
from inference.engine.network import assemble
from inference.engine.onnx_export import export
from inference.engine.outputs import Output, OutputLayout
from inference.engine.preparation import Preparation
from inference.engine.probability import Calibration


@pytest.fixture(scope="session")
def layout():
    return OutputLayout(
        (
            Output("effusion", "binary"),
            Output("view", "categorical", ("AP", "PA", "lateral")),
            Output("bone age", "measurement", unit="months"),
        )
    )


@pytest.fixture(scope="session")
def network_factory(layout):
    """Networks whose batch normalisation has seen a batch, so that numbers of a usual size flow through them."""

    def build(architecture="small_cnn", channels=1, size=64):
        torch.manual_seed(0)
        network = assemble(architecture, channels, layout)
        with torch.no_grad():
            network.train()(torch.rand(4, channels, size, size))
        return network.eval()

    return build


@pytest.fixture(scope="session")
def network(network_factory):
    return network_factory()


@pytest.fixture(scope="session")
def bundle(network, layout):
    packed, graph = weights.pack(network.state_dict()), export(network, 1, 64)
    card = Card(
        architecture="small_cnn",
        layout=layout,
        preparation=Preparation(64),
        calibrations=(Calibration(2.0, -0.5), Calibration(0.5), Calibration()),
        thresholds={"effusion": 0.4},
        weights_sha256=sha256_of(packed),
        onnx_sha256=sha256_of(graph),
        facts={"seed": 0},
    )
    return Bundle(card, packed, graph)


@pytest.fixture
def altered(bundle):
    """A bundle whose card is changed by keyword."""
    return lambda **fields: replace(bundle, card=replace(bundle.card, **fields))


@pytest.fixture
def images():
    return np.random.default_rng(0).normal(size=(5, 1, 64, 64)).astype(np.float32)
