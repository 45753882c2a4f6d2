"""Masks of a data set: decoded in the same confined process as images, and stored in one form."""

from __future__ import annotations

from overread.archive import blobs
from overread.archive.dicom import ImageFacts
from overread.archive.dicom.reader import stored_pixels
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import Item
from training.datasets.mask_pixels import mask_png
from training.services.item_checks import file_content


def masks_of(item: Item, images: Images, facts: ImageFacts) -> dict[str, str]:
    """Structure → SHA-256 of its stored PNG. Raises DatasetError for what is no mask of this image, Refused, OSError.

    Touches no database.
    """
    stored = {}
    for structure, files in item.masks.items():
        try:
            halves = [stored_pixels(file_content(images.find(file))) for file in files]
            png = mask_png(halves, width=facts.columns, height=facts.rows)
        except DatasetError as error:
            raise DatasetError(f"The mask of {structure}: {error}") from error
        stored[structure] = blobs.put(png)
    return stored
