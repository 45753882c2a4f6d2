"""timm's networks as backbones: all kinds of layouts, at tiny sizes and with random weights."""

import numpy as np
import pytest
import torch

from inference.engine import backbones
from inference.engine.digest import ArtifactError
from inference.engine.network import assemble
from inference.engine.onnx_export import export, parity
from inference.engine.outputs import Output, OutputLayout
from inference.engine.pretrained import adopt
from inference.engine.timm_backbone import timm

# Sides in pixels, and dimensions of the embedding. Of every layout one: NCHW, NHWC, a head with a convolution or a
# normalisation of its own; class tokens, registers, rotary and absolute positions.
TINY = {"test_resnet": (65, 96), "test_vit": (64, 64), "test_vit2": (64, 64), "test_convnext": (65, 64)}
LARGER = {
    "inception_next_atto": (65, 320),
    "coat_lite_tiny": (64, 320),
    "deit_tiny_distilled_patch16_224": (64, 192),
    "resnet18": (65, 512),
    "convnext_atto": (65, 320),
    "efficientnet_lite0": (65, 1280),
    "mobilenetv3_small_050": (65, 1024),
    "swin_tiny_patch4_window7_224": (64, 768),
    "vit_tiny_patch16_224": (64, 192),
    "vit_small_patch14_dinov2": (70, 384),
    "vit_small_patch14_reg4_dinov2": (70, 384),
    "eva02_tiny_patch14_224": (70, 192),
}


def check(name, layout, size, dimension):
    """Maps whose mean is the logit, and a graph that answers as the network does."""
    torch.manual_seed(0)
    network = assemble(f"timm:{name}", 1, layout, size=size)
    with torch.no_grad():
        network.train()(torch.rand(4, 1, size, size))  # batch normalisation sees a batch
    images = torch.rand(3, 1, size, size)
    with torch.inference_mode():
        answer = network.eval()(images)
    assert answer.embedding.shape == (3, dimension)
    torch.testing.assert_close(answer.maps.mean((2, 3)) + network.head.bias, answer.logits, atol=1e-4, rtol=1e-4)
    assert parity(network, export(network, 1, size), images.numpy().astype(np.float32)) < 1e-4


@pytest.mark.parametrize("name", TINY)
def test_maps_are_exact_and_the_graph_answers_as_the_network_does(name, layout):
    check(name, layout, *TINY[name])


@pytest.mark.parametrize("name", LARGER)
def test_so_it_is_with_networks_that_people_use(name, layout):
    check(name, layout, *LARGER[name])


def test_a_patch_tokens_place_in_the_map_is_its_place_in_the_image():
    backbone = backbones.build("timm:test_vit", 1, 64).eval()
    backbone.network.blocks = torch.nn.Identity()  # attention would carry the patch elsewhere
    images = torch.zeros(2, 1, 64, 64)
    images[1, :, 16:32, 48:64] = 1.0
    black, marked = backbone(images)
    assert (black - marked).abs().sum(0).nonzero().tolist() == [[1, 3]]


def test_a_size_that_leaves_out_a_margin_is_refused():
    with pytest.raises(ValueError, match="^size is 64; .* multiples of 14, such as 70"):
        backbones.build("timm:vit_small_patch14_dinov2", 1, 64)


def test_weights_for_colour_and_another_size_are_fitted():
    theirs = timm.create_model("test_vit", num_classes=10)
    ours = backbones.build("timm:test_vit", 1, 64)
    adopt(ours, theirs.state_dict())
    stem = theirs.patch_embed.proj.weight.sum(1, keepdim=True)
    torch.testing.assert_close(ours.network.patch_embed.proj.weight, stem)
    assert ours.network.pos_embed.shape[1] == 16 + 1 and theirs.pos_embed.shape[1] == 100 + 1


def test_a_grey_network_of_timms_answers_as_the_colour_one():
    theirs = timm.create_model("test_resnet").eval()
    ours = backbones.build("timm:test_resnet", 1, 64).eval()
    adopt(ours, {f"model.{name}": tensor for name, tensor in theirs.state_dict().items()})
    images = torch.rand(2, 1, 64, 64)
    expected = theirs.forward_features(images.expand(-1, 3, -1, -1))
    torch.testing.assert_close(ours(images), expected, atol=1e-4, rtol=1e-4)


def test_a_backbones_own_weights_come_back():
    one, other = backbones.build("timm:test_vit", 1, 64), backbones.build("timm:test_vit", 1, 64)
    adopt(other, one.state_dict())
    assert all(torch.equal(tensor, one.state_dict()[name]) for name, tensor in other.state_dict().items())


@pytest.mark.parametrize("lacking", ["norm.bias", "blocks.0.attn.qkv.weight"])
def test_weights_that_lack_a_tensor_are_refused(lacking):
    state = timm.create_model("test_vit").state_dict()
    del state[lacking]
    with pytest.raises(ArtifactError, match=f"lack 1 of timm:test_vit's tensors, {lacking}"):
        adopt(backbones.build("timm:test_vit", 1, 64), state)


def test_weights_of_another_network_are_refused():
    with pytest.raises(ArtifactError, match="timm:test_vit"):
        adopt(backbones.build("timm:test_vit", 1, 64), timm.create_model("test_resnet").state_dict())


def test_weights_that_timm_does_not_publish_are_refused():
    with pytest.raises(ArtifactError, match="no weights called 'other'; there are r160_in1k"):
        backbones.build("timm:test_vit", 1, 64).adopt_published("other")


def test_published_weights_out_of_reach_are_one_error(monkeypatch, tmp_path):
    import huggingface_hub.constants as hub

    monkeypatch.setattr(hub, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ArtifactError, match="timm's weights test_vit.r160_in1k are not on this machine"):
        backbones.build("timm:test_vit", 1, 160).adopt_published("r160_in1k")


def test_a_network_that_takes_colour_only_says_so():
    with pytest.raises(ValueError, match="^size is 64 and channels 1, which the architecture cannot take"):
        assemble("timm:csatv2", 1, OutputLayout((Output("nodule", "binary"),)), size=64)
