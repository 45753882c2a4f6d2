"""Updating images that an older version took in to what this version reads from a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import transaction

from overread.archive import blobs, dicom
from overread.archive.jobs import rerender_request
from overread.archive.models import Image
from overread.archive.services import IMAGE_FACTS
from overread.audit.services import event_append

# Facts that stay as they are: the header names nobody any more, so whatever was made of the patient's identity cannot be
# read anew; the stored file keeps its coding, whatever it would be stored as today; an indication may be the importer's.
SETTLED = ("instance_uid", "age_years", "kind", "transfer_syntax", "indication")
READ_ANEW = [name for name in IMAGE_FACTS if name not in SETTLED]
Outcome = Literal["same", "changed", "refused", "damaged", "metadata"]


@dataclass(frozen=True)
class Reread:
    """What became of one image, and why where it is not read any more."""

    outcome: Outcome
    reason: str = ""


def image_reread(*, image: Image) -> Reread:
    """Read the facts of the stored original again, and have it rendered again. Predictions and reads stay as they are.

    "metadata": it would be stored with fewer bytes today, because comments and the like stand inside its pixel data.
    """
    try:
        content = blobs.get(image.sha256)
        result = dicom.take_in(content, key=settings.PSEUDONYM_KEY.encode())
    except (blobs.BlobDamaged, FileNotFoundError):
        return Reread("damaged", "The stored original is missing or damaged.")
    except dicom.Refused as refusal:
        return Reread("refused", refusal.reason)
    found = {name: getattr(result.facts, name) for name in READ_ANEW}
    if found["pixel_spacing"] is not None:
        found["pixel_spacing"] = list(found["pixel_spacing"])
    changed = {name: value for name, value in found.items() if value != getattr(image, name)}
    with transaction.atomic():
        if changed:
            Image.objects.filter(pk=image.pk).update(**changed)
            event_append(verb="image.reread", target=image, changed=sorted(changed))
        rerender_request(image=image.pk)
    if image.kind == "dicom" and not result.untouched:
        return Reread("metadata", "Its pixel data hold more than the picture.")
    return Reread("changed" if changed else "same")
