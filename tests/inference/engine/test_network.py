import pytest
import torch

from inference.engine import backbones
from inference.engine.network import assemble

LARGE = ("convnext_tiny", "efficientnet_b3", "efficientnet_b5", "densenet121", "resnet50")


@pytest.mark.parametrize("name", sorted({*backbones.OWN} - {*LARGE}))
def test_the_mean_of_a_map_and_the_bias_make_the_logit(name, network_factory):
    check_maps(name, network_factory)


@pytest.mark.parametrize("name", LARGE)
def test_a_large_networks_maps_make_the_logit_too(name, network_factory):
    check_maps(name, network_factory)


def check_maps(name, network_factory):
    network = network_factory(name)
    with torch.inference_mode():
        answer = network(torch.rand(2, 1, 64, 64))
    torch.testing.assert_close(answer.maps.mean((2, 3)) + network.head.bias, answer.logits, atol=1e-4, rtol=1e-4)


def test_the_answer_has_the_layouts_width(network, layout):
    answer = network(torch.rand(3, 1, 64, 64))
    assert answer.logits.shape == (3, layout.width)
    assert answer.embedding.shape == (3, 128)
    assert answer.maps.shape[:2] == (3, layout.width)


def test_dropout_acts_while_training_only(layout):
    network = assemble("small_cnn", 1, layout, dropout=0.5).eval()
    images = torch.rand(2, 1, 64, 64)
    assert torch.equal(network(images).logits, network(images).logits)
    assert not torch.equal(network.train()(images).logits, network(images).logits)
