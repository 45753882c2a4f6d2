import pickle

import pytest
import torch

from inference.engine import weights
from inference.engine.digest import ArtifactError, sha256_of

STATE = {"b": torch.arange(6.0).view(2, 3), "a": torch.ones(2, dtype=torch.int64)}


def test_it_works():
    packed = weights.pack(STATE)
    unpacked = weights.unpack(packed, sha256_of(packed))
    assert all(torch.equal(unpacked[name], STATE[name]) for name in STATE)


def test_the_order_of_the_tensors_does_not_matter():
    assert weights.pack(STATE) == weights.pack(dict(reversed(STATE.items())))


def test_one_flipped_bit_is_refused():
    packed = bytearray(weights.pack(STATE))
    digest = sha256_of(bytes(packed))
    packed[-1] ^= 1
    with pytest.raises(ArtifactError, match="The weights were altered"):
        weights.unpack(bytes(packed), digest)


@pytest.mark.parametrize("data", [b"", b"\xff" * 64, pickle.dumps({"a": 1})])
def test_what_is_no_safetensors_file_is_refused(data):
    with pytest.raises(ArtifactError, match="no readable safetensors"):
        weights.unpack(data, sha256_of(data))
