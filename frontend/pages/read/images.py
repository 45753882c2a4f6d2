"""An image as the script gets it: where its pixels are, and what they are of."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.image_words import label_words, view_words
from frontend.pages.read.contract import CaseImage, FrameFacts
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
        "alt": " ".join(part for part in (image.modality, view_words(image)) if part) or _("Image"),
        "spacing": image.pixel_spacing,
        "spacing_kind": image.spacing_kind,
        "aspect": image.pixel_aspect,
        "orientation": image.orientation.split("\\") if image.orientation else None,
        "unit": value_unit(image, rendering),
    }


def image_in_front(image: Image) -> CaseImage:
    """The image that is read, with what each of its frames has of its own."""
    return {**image_data(image), "frames": frames_data(image)}


def frames_data(image: Image) -> list[FrameFacts]:
    """What each frame that was kept has of its own; none are asked for where there is but one."""
    kept = [image.rendering, *image.frame_renderings.all()] if image.frames > 1 else []
    return [frame_data(image, frame) for frame in kept] if len(kept) > 1 else []


def frame_data(image: Image, frame: PackedFrame) -> FrameFacts:
    return {
        "channels": frame.channels,
        "slope": frame.slope,
        "intercept": frame.intercept,
        "padding": frame.padding,
        "windows": presets(image, frame, tones=image.rendering.tones),
    }
