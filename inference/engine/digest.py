"""SHA-256 as the identity of a file: the bytes loaded are those that were recorded, or loading fails."""

import hashlib
import hmac


class ArtifactError(ValueError):
    """A model file is not the one recorded, or cannot be read, or does not fit. Nothing was loaded from it."""


def sha256_of(data: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def check(data: bytes, sha256: str, *, what: str) -> None:
    """Raise ArtifactError unless `data` has this SHA-256."""
    found = sha256_of(data)
    if not hmac.compare_digest(found, sha256.lower()):
        raise ArtifactError(f"{what} were altered: SHA-256 {found[:12]}… instead of {sha256[:12] or 'none'}….")
