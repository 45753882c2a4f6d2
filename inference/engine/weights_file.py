"""A file of weights, looked at before anybody trains on it: whole, of its SHA-256, and readable. Loads no torch.

Only the header of a safetensors file is parsed, by the safetensors library, which checks it against the length of the file.
"""

import hashlib
import json
import stat
from pathlib import Path

from safetensors import SafetensorError, safe_open

from inference.engine.digest import ArtifactError
from inference.engine.timm_names import TIMM

HUGGING_FACE = ("config.json", "model.safetensors")
CONFIG_BYTES = 1_000_000


def weights_path(path: Path) -> Path:
    """The safetensors file itself: that in the folder, where `path` is one of Hugging Face's layout."""
    if path.is_dir():
        return path / HUGGING_FACE[1]
    return path


def check_weights(path: Path, sha256: str, architecture: str) -> None:
    """Raise ArtifactError, in one sentence, unless a run of this architecture can begin with this file or folder.

    Whether every tensor has its place and shape only the network itself can say: a worker asks it before it loads an image.
    """
    if path.is_dir():
        _check_config(path / HUGGING_FACE[0], architecture)
    path = weights_path(path)
    found = _sha256_of(path)
    if found != sha256.lower():
        raise ArtifactError(f"initial names {path.name}, whose SHA-256 is not the one in initial_sha256.")
    try:
        with safe_open(path, framework="numpy") as stored:
            names = list(stored.keys())
    except SafetensorError as error:
        raise ArtifactError(f"initial names {path.name}, which is no whole safetensors file: {error}.") from error
    if not names:
        raise ArtifactError(f"initial names {path.name}, in which there is no tensor.")


def _check_config(path: Path, architecture: str) -> None:
    """Raise ArtifactError unless the folder's configuration names this architecture of timm's."""
    try:
        with path.open("rb") as file:
            config = json.loads(file.read(CONFIG_BYTES))
        named = f"{TIMM}{config['architecture']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = "initial names a folder without a config.json that tells timm's architecture."
        raise ArtifactError(told) from error
    if named != architecture:
        raise ArtifactError(f"initial names weights of {named}, and architecture is {architecture}.")


def _sha256_of(path: Path) -> str:
    try:
        # Before it is opened: a pipe would keep whoever opens it waiting.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ArtifactError(f"initial names {path.name}, which is no file.")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ArtifactError(f"initial names {path.name}, which cannot be read: {error.strerror}.") from error
