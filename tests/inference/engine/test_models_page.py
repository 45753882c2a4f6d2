"""What docs/models.md shows runs as written."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import torch

from inference.engine import backbones, timm_names
from inference.engine.network import assemble
from inference.engine.outputs import Output, OutputLayout

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text()
LAYOUT = OutputLayout((Output("effusion", "binary"),))


def test_the_module_on_the_page_is_a_backbone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    package = tmp_path / "our_networks"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "plain.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(backbones, "ALLOWED", [])
    with pytest.raises(backbones.UnknownArchitecture, match="ARCHITECTURES"):
        assemble("our_networks.plain", 1, LAYOUT, size=64)
    backbones.allow(["our_networks.plain"])
    output = assemble("our_networks.plain", 1, LAYOUT, size=64)(torch.zeros(2, 1, 64, 64))
    assert output.embedding.shape == (2, 64) and output.maps.shape == (2, 1, 4, 4)
    del sys.modules["our_networks.plain"]


def test_the_names_on_the_page_are_names() -> None:
    for name in re.findall(r"architecture=(timm:\w+|\w+(?!\.))(?= )", PAGE):
        backbones.check(name)
    listed = re.search(r"There are (.*?) of our own", PAGE, re.DOTALL)
    assert listed
    assert set(re.findall(r"`(\w+)`", listed[1])) == set(backbones.OWN)
    assert timm_names.names()
