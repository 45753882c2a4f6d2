"""Made-up pictures for the reading page's tests: cheap, seeded, with fine and coarse structure."""

from __future__ import annotations

import gzip
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=16)
def chest(seed: int, rows: int, columns: int) -> NDArray[np.uint16]:
    """Something with two dark lungs, ribs, a heart and noise, 0..4095 in uint16, shape (rows, columns)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    y, x = y / rows * 2 - 1, x / columns * 2 - 1
    body = 2600 * np.exp(-((x / 0.92) ** 6) - (y / 1.1) ** 8)
    lungs = sum(np.exp(-(((x - side * 0.42) / 0.28) ** 4) - ((y + 0.05) / 0.62) ** 4) for side in (-1, 1))
    ribs = 160 * np.sin(24 * (y + 0.35 * np.abs(x) ** 1.5)) * lungs
    heart = 900 * np.exp(-(((x - 0.12 - 0.02 * (seed % 5)) / 0.2) ** 2) - ((y - 0.25) / 0.32) ** 2)
    spine = 500 * np.exp(-((x / 0.08) ** 4))
    picture = 500 + body - 1500 * lungs + ribs + heart + spine + rng.normal(0, 25, (rows, columns))
    return np.clip(picture, 0, 4095).astype("<u2")


@lru_cache(maxsize=4)
def lesion(seed: int, rows: int, columns: int) -> NDArray[np.uint8]:
    """A brown spot on skin, 0..255, shape (rows, columns, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    spot = np.exp(-((((x / columns - 0.5) / 0.2) ** 2 + ((y / rows - 0.5) / 0.25) ** 2) ** 2))[..., None]
    skin, brown = np.array([228, 180, 160]), np.array([96, 56, 40])
    return np.clip(skin * (1 - spot) + brown * spot + rng.normal(0, 4, (rows, columns, 3)), 0, 255).astype(np.uint8)


def half(picture: NDArray[np.generic]) -> NDArray[np.generic]:
    """Mean of 2 x 2 pixels, rounded; shape (rows // 2, columns // 2, ...)."""
    rows, columns = picture.shape[0] // 2, picture.shape[1] // 2
    blocks = picture[: rows * 2, : columns * 2].reshape(rows, 2, columns, 2, *picture.shape[2:])
    return np.round(blocks.mean(axis=(1, 3))).astype(picture.dtype)


@lru_cache(maxsize=64)
def packed(kind: str, seed: int, rows: int, columns: int, level: str) -> bytes:
    """One level as the server sends it: raw pixels under gzip."""
    picture = chest(seed, rows, columns) if kind == "grey" else lesion(seed, rows, columns)
    return gzip.compress((picture if level == "full" else half(picture)).tobytes(), compresslevel=1)


def attention(seed: int, size: int = 24) -> NDArray[np.uint8]:
    """One warm spot, 0..255, shape (size, size)."""
    rng = np.random.default_rng(seed)
    cy, cx = rng.uniform(0.3, 0.7, 2)
    y, x = np.mgrid[0:size, 0:size] / size
    return np.round(255 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.02)).astype(np.uint8)
