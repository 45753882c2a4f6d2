"""From an image as displayed to a network's input. Training and serving use the same steps.

The name Preparation is part of a training set's fingerprint: it does not change.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Fit = Literal["letterbox", "stretch"]
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601
RANGE_TOLERANCE = 1e-3  # beyond 0 and 1: less than a grey level of 8 bits, and clipped afterwards


@dataclass(frozen=True)
class Placement:
    """Where an image of `image_width` × `image_height` pixels lies in the prepared square, in the square's pixels."""

    left: int
    top: int
    width: int
    height: int
    size: int
    image_width: int
    image_height: int

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """Image coordinates (pixels) of a point of the square or of a map, given as fractions 0..1 of its side."""
        return (
            (x * self.size - self.left) * self.image_width / self.width,
            (y * self.size - self.top) * self.image_height / self.height,
        )

    @property
    def rectangle(self) -> tuple[float, float, float, float]:
        """(x, y, width, height) in image pixels of the whole square, and so of every map.

        A map is drawn over this rectangle. Under a letterbox the rectangle reaches beyond the image.
        """
        left, top = self.to_image(0.0, 0.0)
        right, bottom = self.to_image(1.0, 1.0)
        return left, top, right - left, bottom - top


@dataclass(frozen=True)
class Preparation:
    """How an image becomes a (C, S, S) input: fitted into a square of `size`, quantised to 8 bits, normalised.

    `letterbox` keeps the aspect ratio and pads with black, `stretch` fills the square. A training set stores 8 bits, so
    serving quantises too and sees the same numbers. `mean` and `sd` are per channel, of values 0..1. Raises ValueError
    for a value out of range.
    """

    size: int
    channels: int = 1
    fit: Fit = "letterbox"
    mean: tuple[float, ...] = (0.5,)
    sd: tuple[float, ...] = (0.25,)

    def __post_init__(self) -> None:
        if not 16 <= self.size <= 2048:
            raise ValueError(f"An input of {self.size} pixels is outside 16 to 2048.")
        if self.channels not in (1, 3):
            raise ValueError(f"An input has 1 or 3 channels, not {self.channels}.")
        if self.fit not in get_args(Fit):
            raise ValueError(f"Fit {self.fit!r} is none of {', '.join(get_args(Fit))}.")
        if len(self.mean) != self.channels or len(self.sd) != self.channels or min(self.sd) <= 0:
            raise ValueError("Mean and standard deviation are given per channel, the latter above zero.")

    def placement(self, height: int, width: int) -> Placement:
        """Where an image of this shape lies in the square."""
        if self.fit == "stretch":
            return Placement(0, 0, self.size, self.size, self.size, width, height)
        scale = self.size / max(height, width)
        # At least a pixel: a very long image would otherwise vanish.
        inner_width = max(1, round(width * scale))
        inner_height = max(1, round(height * scale))
        left = (self.size - inner_width) // 2
        top = (self.size - inner_height) // 2
        return Placement(left, top, inner_width, inner_height, self.size, width, height)

    def pixels(self, image: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
        """A floating-point image (H, W) or (H, W, 3) of values 0..1 → uint8 (S, S), or (S, S, 3) for three channels.

        Antialiased by Pillow's bilinear filter in 32-bit floats. Raises ValueError for another shape, dtype or range.
        """
        planes = _planes(_checked(image), self.channels)
        place = self.placement(*image.shape[:2])
        square = np.zeros((self.size, self.size, len(planes)), np.float32)
        rows = slice(place.top, place.top + place.height)
        columns = slice(place.left, place.left + place.width)
        for channel, plane in enumerate(planes):
            square[rows, columns, channel] = _resize(plane, place.width, place.height)
        quantised = np.rint(np.clip(square, 0.0, 1.0) * 255.0).astype(np.uint8)
        if self.channels == 1:
            quantised = quantised[..., 0]
        return np.ascontiguousarray(quantised)

    def normalise(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 (N, S, S) or (N, S, S, 3) → float32 (N, C, S, S), as the network takes it."""
        if self.channels == 1:
            planes = pixels[:, None]
        else:
            planes = np.moveaxis(pixels, -1, 1)
        mean = np.asarray(self.mean, np.float32)[:, None, None]
        sd = np.asarray(self.sd, np.float32)[:, None, None]
        return np.asarray((planes.astype(np.float32) / np.float32(255.0) - mean) / sd, np.float32)

    def prepare(self, image: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """A floating-point image (H, W) or (H, W, 3) of values 0..1 → float32 (C, S, S): `pixels`, then `normalise`."""
        prepared: NDArray[np.float32] = self.normalise(self.pixels(image)[None])[0]
        return prepared

    def to_dict(self) -> dict[str, Any]:
        return asdict(self) | {"mean": list(self.mean), "sd": list(self.sd)}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "Preparation":
        return cls(**{**fields, "mean": tuple(fields["mean"]), "sd": tuple(fields["sd"])})


def _checked(image: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """The image as float32. Raises ValueError for another shape, dtype or range."""
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3) or not image.size:
        raise ValueError(f"An image is (H, W) or (H, W, 3), not {image.shape}.")
    if not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"An image to be prepared holds floats from 0 to 1, not {image.dtype}.")
    if not (image.min() >= -RANGE_TOLERANCE and image.max() <= 1 + RANGE_TOLERANCE):  # a NaN fails both
        raise ValueError("An image to be prepared holds values outside 0 to 1.")
    return np.asarray(image, np.float32)


def _planes(image: NDArray[np.float32], channels: int) -> list[NDArray[np.float32]]:
    """A plane (H, W) per channel. Grey becomes three equal ones; colour becomes luminance for one channel."""
    if image.ndim == 2:
        return [image] * channels
    if channels == 1:
        return [np.asarray(image @ np.asarray(LUMINANCE), np.float32)]
    return [image[..., channel] for channel in range(3)]


def _resize(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    # Plane by plane, since Pillow resizes 32-bit floats only in a single channel.
    image = Image.fromarray(np.ascontiguousarray(plane))
    return np.array(image.resize((width, height), Image.Resampling.BILINEAR))
