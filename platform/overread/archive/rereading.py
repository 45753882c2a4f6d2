"""Bringing images that an older version took in up to what this one knows of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import transaction

from overread.archive import blobs, dicom
from overread.archive.jobs import rerender_request
from overread.archive.models import Image
from overread.audit.services import event_append

# What the file says and the version that took it in may not have kept; its header names nobody any more, so
# whatever was made of the patient's identity stays as it is.
FACTS = ("intent", "orientation", "pixel_spacing", "spacing_kind", "pixel_aspect", "bits_stored", "photometric")
Outcome = Literal["same", "changed", "refused", "damaged", "metadata"]


@dataclass(frozen=True)
class Reread:
    """What became of one image, and why where it is not read any more."""

    outcome: Outcome
    reason: str = ""


def image_reread(*, image: Image) -> Reread:
    """Describe the stored original anew, and have it rendered again. Predictions and reads stay as they are.

    "metadata": it would be stored with fewer bytes today, because comments and the like stand inside its pixel data.
    """
    try:
        content = blobs.get(image.sha256)
        arrival = dicom.receive(content, key=settings.PSEUDONYM_KEY.encode())
    except (blobs.BlobDamaged, FileNotFoundError):
        return Reread("damaged", "The stored original is missing or damaged.")
    except dicom.Refused as refusal:
        return Reread("refused", refusal.reason)
    found = {name: getattr(arrival, name) for name in FACTS}
    if found["pixel_spacing"] is not None:
        found["pixel_spacing"] = list(found["pixel_spacing"])
    changed = {name: value for name, value in found.items() if value != getattr(image, name)}
    with transaction.atomic():
        if changed:
            Image.objects.filter(pk=image.pk).update(**changed)
            event_append(verb="image.reread", target=image, changed=sorted(changed))
        rerender_request(image=image.pk)
    if image.kind == "dicom" and not arrival.untouched:
        return Reread("metadata", "Its pixel data hold more than the picture.")
    return Reread("changed" if changed else "same")
