"""An image as the script receives it: where its pixels are, and how to display them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.image_words import label_words, view_words
from frontend.pages.read.contract import CaseImage, FrameInfo
from overread.archive.models import Image, PackedFrame
from overread.archive.presets import presets, value_unit


def image_data(image: Image) -> CaseImage:
    """One image without the facts of its other frames."""
    rendering = image.rendering
    return {
        **frame_data(image, rendering),
        "id": str(image.pk),
        "rows": rendering.rows,
        "columns": rendering.columns,
        "half_rows": rendering.half_rows,
        "half_columns": rendering.half_columns,
        "inverted": rendering.inverted,
        "frame": 0,
        "frames": [],
        "frame_count": image.frames,
        "modality": image.modality,
        "view": image.view,
        "laterality": image.laterality,
        "label": label_words(image),
        "half_url": reverse("image-pixels", args=[image.pk, "half"]),
        "full_url": reverse("image-pixels", args=[image.pk, "full"]),
        "alt": " ".join(filter(None, (image.modality, view_words(image)))) or _("Image"),
        "spacing": image.pixel_spacing,
        "spacing_kind": image.spacing_kind,
        "aspect": image.pixel_aspect,
        "orientation": image.orientation.split("\\") if image.orientation else None,
        "unit": value_unit(image, rendering),
    }


def image_in_front(image: Image) -> CaseImage:
    """The image being read, with the facts of each of its frames."""
    return {**image_data(image), "frames": frames_data(image)}


def frames_data(image: Image) -> list[FrameInfo]:
    """The facts of each stored frame; an empty list for an image of one frame."""
    if image.frames == 1:
        return []  # most images: they need no query
    frames = [image.rendering, *image.frame_renderings.all()]
    if len(frames) == 1:
        return []
    return [frame_data(image, frame) for frame in frames]


def frame_data(image: Image, frame: PackedFrame) -> FrameInfo:
    return {
        "channels": frame.channels,
        "slope": frame.slope,
        "intercept": frame.intercept,
        "padding": frame.padding,
        "windows": presets(image, frame, tones=image.rendering.tones),
    }
