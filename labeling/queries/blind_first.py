"""Whether an image is read blind first."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from labeling.models import ALWAYS_BLIND
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project


def reads_blind(*, project: Project, image: Image, purpose: str) -> bool:
    """Whether this image is read blind first: by its purpose, as one of the reference set, or by the project's protocol.

    If the protocol asks for a random share, a keyed hash of project and image decides, always the same for the same image.
    """
    if purpose in ALWAYS_BLIND or image.patient.reference or project.blind_first == BlindFirst.ALWAYS:
        return True
    if project.blind_first == BlindFirst.OFF:
        return False
    key = settings.REFERENCE_KEY.encode()
    digest = hmac.new(key, f"blind:{project.pk}:{image.pk}".encode(), hashlib.sha256).digest()
    # Eight bytes as a fraction of 2^64: uniform in 0..1.
    return int.from_bytes(digest[:8], "big") / 2**64 < project.blind_share
