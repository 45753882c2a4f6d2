"""Lead letters on the film."""

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from phantom.devices import Marker
from phantom.patient import View
from phantom.shapes import Map


def marker_draw(kind: Marker, view: View, size: int, rng: Generator) -> Map:
    """Letters in an upper corner, (size, size) from 0 to 1; L is always on the patient's left, R on the right."""
    film = Image.new("L", (size, size))
    left = rng.random() < 0.6
    x = rng.uniform(0.90, 0.95) if left else rng.uniform(0.05, 0.10)
    y = rng.uniform(0.05, 0.22)
    tall = int(size * rng.uniform(0.035, 0.055))
    _stamp(film, "L" if left else "R", (x, y), tall, rng.normal(0, 6), ring=kind == "disc")
    if kind == "initials":
        _stamp(film, "".join(rng.choice(list("ABDGHKMRST"), 2)), (x, y + 0.05), tall // 2, float(rng.choice([0, 90])))
    if kind == "portable":
        _stamp(film, "PORTABLE" if view == "AP" else "ERECT", (x - (0.02 if left else -0.02), y + 0.06), tall // 2, 0)
    return np.asarray(film, np.float32) / 255


def _stamp(film: Image.Image, text: str, at: tuple[float, float], tall: int, angle: float, ring: bool = False) -> None:
    font = ImageFont.load_default(max(8, tall))
    box = font.getbbox(text)
    tile = Image.new("L", (int(box[2]) + tall, int(box[3]) + tall))
    draw = ImageDraw.Draw(tile)
    if ring:
        draw.ellipse((1, 1, tile.width - 2, tile.height - 2), outline=255, width=max(1, tall // 10))
    draw.text((tall // 2, tall // 2 - box[1] // 2), text, fill=255, font=font, stroke_width=max(0, tall // 26))
    tile = tile.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    corner = int(at[0] * film.width - tile.width / 2), int(at[1] * film.height - tile.height / 2)
    film.paste(255, corner, tile)
