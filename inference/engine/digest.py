"""SHA-256 as the identity of bytes: what a record promises is what is loaded, or it is refused."""

import hashlib
import hmac


class ArtifactError(ValueError):
    """Bytes that are not what their record says, or cannot be read; nothing was loaded from them."""


def sha256_of(data: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def check(data: bytes, sha256: str, *, what: str) -> None:
    """Raise ArtifactError unless `data` has this SHA-256."""
    found = sha256_of(data)
    if not hmac.compare_digest(found, sha256.lower()):
        raise ArtifactError(f"{what} were altered: SHA-256 {found[:12]}… instead of {sha256[:12] or 'none'}….")
