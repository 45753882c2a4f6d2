import warnings

import numpy as np
import pytest

from inference.engine import backbones
from inference.engine.onnx_export import ParityLost, export, parity
from inference.engine.session import OUTPUTS, open_graph


@pytest.mark.parametrize("name", backbones.OWN)
def test_the_graph_answers_as_the_network_does(name, network_factory):
    network = network_factory(name)
    images = np.random.default_rng(1).normal(size=(3, 1, 64, 64)).astype(np.float32)
    assert parity(network, export(network, 1, 64), images) < 1e-4


def test_the_batch_is_dynamic(bundle, layout, images):
    graph = open_graph(bundle.onnx)
    for count in (1, 5):
        logits, embedding, maps = graph.run(OUTPUTS, {"images": images[:count]})
        assert logits.shape == (count, layout.width) and len(embedding) == len(maps) == count


def test_another_networks_graph_is_refused(network_factory, images):
    graph = export(network_factory(), 1, 64)
    other = network_factory()
    other.head.weight.data.add_(0.01)
    with pytest.raises(ParityLost, match="differs"):
        parity(other, graph, images)


def test_a_network_of_no_numbers_is_refused(network_factory, images):
    network = network_factory()
    network.head.bias.data.fill_(float("nan"))
    with pytest.raises(ParityLost):
        parity(network, export(network, 1, 64), images)


def test_the_export_is_quiet(network, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export(network, 1, 64)
    assert capfd.readouterr() == ("", "")
