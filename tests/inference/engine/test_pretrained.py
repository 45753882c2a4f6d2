import pickle
from pathlib import Path

import pytest
import torch

from inference.engine import backbones, pretrained, weights
from inference.engine.digest import ArtifactError, sha256_of
from inference.engine.vision import models


@pytest.fixture
def hub(tmp_path):
    """torch.hub's folder, moved to an empty place."""
    before = torch.hub.get_dir()
    torch.hub.set_dir(str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    yield tmp_path / "checkpoints"
    torch.hub.set_dir(before)


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "efficientnet_b3"])
def test_published_weights_load_by_name_from_the_hubs_folder(name, hub):
    whole = getattr(models, name)()
    torch.save(whole.state_dict(), hub / backbones.find(name).WEIGHTS.IMAGENET1K_V1.url.rpartition("/")[2])
    state = pretrained.published(name, "IMAGENET1K_V1")
    backbone = backbones.build(name, 3, 64)
    pretrained.adopt(backbone, state)
    assert all(torch.equal(tensor, whole.state_dict()[key]) for key, tensor in backbone.state_dict().items())


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_code_in_a_published_file_is_not_executed(hub, tmp_path):
    torch.save({"conv1.weight": Trap(tmp_path / "sprung")}, hub / "resnet18-f37072fd.pth")
    with pytest.raises(pickle.UnpicklingError):
        pretrained.published("resnet18", "IMAGENET1K_V1")
    assert not (tmp_path / "sprung").exists()


def test_the_old_dotted_names_of_densenet_are_understood(hub):
    state = models.densenet121().state_dict()
    old = {key.replace(".norm1.", ".norm.1.").replace(".conv2.", ".conv.2."): tensor for key, tensor in state.items()}
    torch.save(old, hub / "densenet121-a639ec97.pth")
    assert pretrained.published("densenet121", "IMAGENET1K_V1").keys() == state.keys()


def test_a_grey_stem_answers_grey_images_as_the_colour_stem_does():
    colour, grey = backbones.build("resnet18", 3, 64).eval(), backbones.build("resnet18", 1, 64).eval()
    pretrained.adopt(grey, colour.state_dict())
    images = torch.rand(2, 1, 64, 64)
    torch.testing.assert_close(grey(images), colour(images.expand(-1, 3, -1, -1)), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("name", "weight"), [("small_cnn", "IMAGENET1K_V1"), ("resnet18", "IMAGENET22K")])
def test_weights_that_nobody_published_are_refused(name, weight):
    with pytest.raises(ArtifactError, match=f"{name} has no weights called"):
        pretrained.published(name, weight)


def test_a_file_is_taken_by_its_digest(tmp_path):
    packed = weights.pack(backbones.build("small_cnn", 1, 64).state_dict())
    (tmp_path / "start.safetensors").write_bytes(packed)
    assert pretrained.from_file(tmp_path / "start.safetensors", sha256_of(packed)).keys()
    with pytest.raises(ArtifactError, match="altered"):
        pretrained.from_file(tmp_path / "start.safetensors", "0" * 64)


def test_weights_of_another_shape_are_refused():
    state = backbones.build("small_cnn", 1, 64).state_dict()
    state["blocks.0.branch.0.weight"] = torch.zeros(1)
    with pytest.raises(ArtifactError, match=r"blocks.0.branch.0.weight is \(1,\)"):
        pretrained.adopt(backbones.build("small_cnn", 1, 64), state)


def test_weights_that_lack_a_tensor_are_refused():
    state = backbones.build("small_cnn", 1, 64).state_dict()
    del state["stem.0.weight"]
    with pytest.raises(ArtifactError, match="lack 1 of"):
        pretrained.adopt(backbones.build("small_cnn", 1, 64), state)
