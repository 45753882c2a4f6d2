import pytest
import torch

from inference.engine import backbones

SIZES = {"densenet121": 64, "resnet18": 64, "efficientnet_b3": 64, "small_cnn": 64, "tiny_cnn": 64}


def test_the_registry_lists_every_file():
    assert set(backbones.names()) == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_become_a_feature_map(name, channels):
    with torch.inference_mode():
        features = backbones.build(name, channels).eval()(torch.rand(2, channels, 64, 64))
    assert features.shape[:2] == (2, backbones.find(name).DIMENSION)
    assert features.ndim == 4


@pytest.mark.parametrize("name", SIZES)
def test_the_stem_is_where_the_file_says(name):
    assert backbones.build(name, 1).state_dict()[backbones.find(name).STEM].shape[1] == 1


@pytest.mark.parametrize("name", ["vgg", "../os", "__init__"])
def test_an_unknown_architecture_is_refused(name):
    with pytest.raises(ValueError, match="small_cnn"):
        backbones.build(name, 1)


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match="1 or 3 channels"):
        backbones.build("small_cnn", 2)


@pytest.mark.parametrize("size", [96, 101, 128])
def test_the_small_network_takes_any_size(size):
    assert backbones.build("small_cnn", 1).eval()(torch.rand(1, 1, size, size)).shape[1] == 128
