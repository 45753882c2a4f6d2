"""A network's weights as safetensors bytes, identified by their SHA-256. Pickle is never read."""

from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from inference.engine.digest import ArtifactError, check


def pack(state: Mapping[str, Tensor]) -> bytes:
    """A state dict as safetensors bytes. The same tensors give the same bytes: they are sorted by name."""
    return bytes(save({name: tensor.detach().cpu().contiguous() for name, tensor in sorted(state.items())}))


def unpack(data: bytes, sha256: str) -> dict[str, Tensor]:
    """The state dict in `data`. Raises ArtifactError when the bytes are not those of `sha256` or are no safetensors file."""
    check(data, sha256, what="The weights")
    try:
        return load(data)
    except SafetensorError as error:
        raise ArtifactError(f"The weights are no readable safetensors file: {error}.") from error


def read(path: Path, sha256: str) -> dict[str, Tensor]:
    """The state dict in a safetensors file of that SHA-256. Raises ArtifactError, or OSError where there is no such file."""
    return unpack(path.read_bytes(), sha256)
