from dataclasses import replace

import pytest
import torch

from inference.engine import backbones
from inference.engine.digest import ArtifactError
from inference.engine.network import assemble, restore


@pytest.mark.parametrize("name", backbones.names())
def test_the_mean_of_a_map_and_the_bias_make_the_logit(name, network_factory):
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


def test_a_bundle_gives_its_network_back(bundle, network):
    images = torch.rand(2, 1, 64, 64)
    with torch.inference_mode():
        assert torch.equal(restore(bundle)(images).logits, network(images).logits)


def test_altered_weights_are_refused(bundle):
    with pytest.raises(ArtifactError, match="weights were altered"):
        restore(replace(bundle, weights=bundle.weights[:-1] + b"x"))


def test_weights_of_another_architecture_are_refused(altered):
    with pytest.raises(ArtifactError, match="do not fit resnet18"):
        restore(altered(architecture="resnet18"))
