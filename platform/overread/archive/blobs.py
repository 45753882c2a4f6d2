"""Content-addressed bytes in Django's storage: the name is the SHA-256 of the content, so nothing is ever overwritten."""

from __future__ import annotations

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


class BlobDamaged(Exception):
    """What the storage gave back is not what was put there."""


def path(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


def put(content: bytes, digest: str = "") -> str:
    """Store and return the SHA-256 (hex), which a caller that knows it already may give.

    Putting the same content again costs a reading of what is there, and replaces it where it is damaged.
    """
    digest = digest or hashlib.sha256(content).hexdigest()
    name = path(digest)
    if not (default_storage.exists(name) and default_storage.size(name) == len(content) and _is_whole(digest)):
        default_storage.save(name, ContentFile(content))
    return digest


def _is_whole(digest: str) -> bool:
    try:
        get(digest)
    except (BlobDamaged, OSError):
        return False
    return True


def get(digest: str) -> bytes:
    """The content, checked. Raises BlobDamaged, or FileNotFoundError."""
    with default_storage.open(path(digest)) as file:
        content = bytes(file.read())
    if hashlib.sha256(content).hexdigest() != digest:
        raise BlobDamaged(f"blob {digest} is damaged in the storage")
    return content


def read(digest: str) -> bytes:
    """The content, unchecked: for pages, where a wrong byte in a picture is not worth hashing 18 MB a request."""
    with default_storage.open(path(digest)) as file:
        return bytes(file.read())
