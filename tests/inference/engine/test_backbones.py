import subprocess
import sys

import pytest
import torch

from inference.engine import backbones, timm_names
from inference.engine.network import feature_dimension

TORCHVISION = {
    "convnext_tiny": 768,
    "densenet121": 1024,
    "efficientnet_b0": 1280,
    "efficientnet_b3": 1536,
    "efficientnet_b5": 2048,
    "resnet18": 512,
    "resnet50": 2048,
}


@pytest.fixture
def allowed():
    """Lets recipes name these modules, until the test is over."""
    before = list(backbones.ALLOWED)
    yield lambda *paths: backbones.allow(paths)
    backbones.allow(before)


@pytest.mark.parametrize("name", TORCHVISION)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_become_a_feature_map(name, channels):
    assert feature_dimension(backbones.build(name, channels, 65), channels, 65) == TORCHVISION[name]


@pytest.mark.parametrize("name", [*backbones.OWN, "timm:test_resnet", "timm:test_vit"])
def test_grey_images_of_an_odd_batch_keep_their_number(name):
    with torch.inference_mode():
        features = backbones.build(name, 1, 64).eval()(torch.rand(3, 1, 64, 64))
    assert features.ndim == 4 and len(features) == 3


@pytest.mark.parametrize(
    "name", ["vgg", "../os", "__init__", "timm:", "timm:resnet", "timm:../x", "os.path", "resnet18.x"]
)
def test_an_unknown_architecture_is_refused(name):
    with pytest.raises(backbones.UnknownArchitecture, match="^architecture is "):
        backbones.build(name, 1, 64)


def test_a_misspelt_network_of_timms_is_told_what_it_may_mean():
    with pytest.raises(backbones.UnknownArchitecture, match="timm:convnext_atto"):
        backbones.check("timm:convnxt_atto")


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match="1 or 3"):
        backbones.build("small_cnn", 2, 64)


@pytest.mark.parametrize("size", [96, 101, 128])
def test_the_small_network_takes_any_size(size):
    assert feature_dimension(backbones.build("small_cnn", 1, size), 1, size) == 128


def test_a_module_is_imported_only_where_the_operator_allows_it(tmp_path, monkeypatch, allowed):
    (tmp_path / "ours.py").write_text("raise SystemExit('imported')")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "nets.py").write_text(
        "from torch import nn\nWEIGHTS = None\n\ndef build(channels, size):\n    return nn.Conv2d(channels, 5, 3, stride=2)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    allowed("theirs.nets")
    assert "theirs.nets" in backbones.names()
    assert feature_dimension(backbones.build("theirs.nets", 1, 32), 1, 32) == 5
    with pytest.raises(backbones.UnknownArchitecture, match="ARCHITECTURES"):
        backbones.build("theirs.nets.build", 1, 32)
    with pytest.raises(backbones.UnknownArchitecture):
        backbones.build("ours", 1, 32)


def test_only_dotted_paths_are_allowed(allowed):
    with pytest.raises(ValueError, match="no dotted path"):
        allowed("theirs.nets", "timm:resnet18")


def test_names_are_checked_without_loading_a_network():
    script = (
        "import sys; from inference.engine import backbones; backbones.check('timm:resnet18'); "
        "print([name for name in ('torch', 'torchvision', 'timm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_timms_names_are_those_that_timm_knows():
    from inference.engine.timm_backbone import timm

    assert timm_names.names() == set(timm.list_models())


def test_what_makes_no_feature_map_is_refused():
    with pytest.raises(ValueError, match=r"\(1, 7\)"):
        feature_dimension(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 7)), 1, 4)
