import pickle

import pytest
import torch

from inference.engine.digest import ArtifactError
from training.engine import checkpoint as checkpoints
from training.engine.checkpoint import Checkpoint


@pytest.fixture
def stored(tmp_path):
    layer = torch.nn.Linear(3, 2)
    optimiser = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    state = Checkpoint(
        layer.state_dict(), {"weight": torch.ones(2)}, checkpoints.optimiser_state(optimiser), {"epoch": 1}
    )
    checkpoints.write(tmp_path / "run" / "c.safetensors", state)
    return tmp_path / "run" / "c.safetensors", state, optimiser


def test_it_works(stored):
    path, state, _ = stored
    read = checkpoints.read(path)
    assert read.facts == state.facts
    assert all(torch.equal(read.weights[name], state.weights[name]) for name in state.weights)
    assert [path] == list(path.parent.iterdir())


def test_the_optimiser_goes_on_from_where_it_was(stored):
    path, _, optimiser = stored
    fresh = torch.optim.AdamW(torch.nn.Linear(3, 2).parameters())
    checkpoints.optimiser_restore(fresh, checkpoints.read(path).optimiser)
    for ours, theirs in zip(
        fresh.state_dict()["state"].values(), optimiser.state_dict()["state"].values(), strict=True
    ):
        assert all(torch.equal(ours[field], theirs[field]) for field in theirs)


@pytest.mark.parametrize("data", [b"", b"\xff" * 99, pickle.dumps({"facts": {}})])
def test_what_is_no_checkpoint_is_refused(tmp_path, data):
    (tmp_path / "c.safetensors").write_bytes(data)
    with pytest.raises(ArtifactError, match=r"c\.safetensors is no checkpoint"):
        checkpoints.read(tmp_path / "c.safetensors")


def test_a_truncated_checkpoint_is_refused(stored):
    path, _, _ = stored
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ArtifactError):
        checkpoints.read(path)
