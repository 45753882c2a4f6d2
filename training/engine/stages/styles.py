"""Random changes to batches of small films, so that what a network learns from synthetic films holds for real ones.

Real films here are all frontal: what tells a real film from a synthetic one would pass for the view. So synthetic films get
real films' grey values (histogram matching) and real films' fine structure, and both kinds get the same blur, noise, uneven
light, edges and contrast (domain randomisation: Tobin et al., IROS 2017). All draws are from torch's global generator.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def draw(count: int, low: float, high: float) -> Tensor:
    """(count, 1, 1, 1), uniform."""
    return low + (high - low) * torch.rand(count, 1, 1, 1)


def coin(count: int, chance: float) -> Tensor:
    """(count, 1, 1, 1) bool, true with that chance."""
    return torch.rand(count, 1, 1, 1) < chance


def placed(
    images: Tensor, size: int, *, across: tuple[float, float], down: tuple[float, float], degrees: float = 8.0
) -> Tensor:
    """Films (N, C, s, s) moved, turned a little and zoomed by factors drawn from `across` and `down`: (N, C, size, size).

    What is uncovered is black in the first half of the batch, and continues the film's edge in the second.
    """
    count = len(images)
    angle = draw(count, -1, 1).flatten() * math.radians(degrees)
    zoom_x = torch.exp(draw(count, math.log(across[0]), math.log(across[1]))).flatten()
    zoom_y = torch.exp(draw(count, math.log(down[0]), math.log(down[1]))).flatten()
    shift = 0.14 * (2 * torch.rand(count, 2) - 1)
    cosine = torch.cos(angle)
    sine = torch.sin(angle)
    rows = [cosine / zoom_x, -sine / zoom_x, shift[:, 0], sine / zoom_y, cosine / zoom_y, shift[:, 1]]
    matrices = torch.stack(rows, 1).view(count, 2, 3)
    grid = functional.affine_grid(matrices, [count, images.shape[1], size, size], align_corners=False)
    half = count // 2
    black = functional.grid_sample(images[:half], grid[:half], align_corners=False)
    edge = functional.grid_sample(images[half:], grid[half:], align_corners=False, padding_mode="border")
    return torch.cat([black, edge])


def half_films(images: Tensor, size: int) -> Tensor:
    """One half of each frontal film, stretched over the square: one lung beside the spine, as in a lateral.

    The only films of real texture that are not frontal.
    """
    count = len(images)
    flip = torch.where(coin(count, 0.5), 1.0, -1.0).flatten()
    middle = draw(count, 0.42, 0.62).flatten()
    width = draw(count, 0.40, 0.62).flatten()
    height = draw(count, 0.75, 1.0).flatten()
    nothing = torch.zeros(count)
    rows = [flip * width, nothing, flip * middle, nothing, height, draw(count, -0.15, 0.15).flatten()]
    matrices = torch.stack(rows, 1).view(count, 2, 3)
    grid = functional.affine_grid(matrices, [count, 1, size, size], align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False)


def blurred(images: Tensor, sigma: float) -> Tensor:
    """Gaussian blur, sigma in pixels."""
    reach = math.ceil(2.5 * sigma)
    along = torch.arange(-reach, reach + 1, dtype=torch.float32)
    kernel = torch.exp(-along * along / (2 * sigma * sigma))
    kernel = kernel / kernel.sum()
    padded = functional.pad(images, (reach, reach, reach, reach), mode="replicate")
    rows = functional.conv2d(padded, kernel.view(1, 1, 1, -1))
    return functional.conv2d(rows, kernel.view(1, 1, -1, 1))


def matched(images: Tensor, models: Tensor) -> Tensor:
    """Films with the grey values of other films of the same shape, one model each (exact histogram matching)."""
    order = images.flatten(1).argsort(1)
    values = models.flatten(1).sort(1).values
    return torch.zeros_like(values).scatter_(1, order, values).view_as(images)


def grafted(images: Tensor, models: Tensor) -> Tensor:
    """The coarse structure of films with the fine structure of others."""
    return blurred(images, 2.0) + models - blurred(models, 2.0)


def as_real(images: Tensor, models: Tensor) -> Tensor:
    """Synthetic films, most of them in the grey values or the fine structure of real films (both (N, 1, S, S))."""
    count = len(images)
    images = torch.where(coin(count, 0.5), grafted(images, models), images)
    return torch.where(coin(count, 0.6), matched(images, models.roll(1, 0)), images)


def exposed(images: Tensor) -> Tensor:
    """Films (N, 1, S, S) of 0 to 1 with other contrast, light, sharpness and noise, within 0 to 1."""
    count = len(images)
    softer = draw(count, 0, 1) * coin(count, 0.6)
    images = images + softer * (blurred(images, 1.5) - images)
    images = images + uneven(count, images.shape[-1])
    images = images.clamp(0, 1) ** torch.exp(draw(count, -0.7, 0.7))
    images = (images - 0.5) * draw(count, 0.6, 1.4) + 0.5 + draw(count, -0.15, 0.15)
    noise = draw(count, 0, 0.06) * coin(count, 0.6)
    return (images + noise * torch.randn_like(images)).clamp(0, 1)


def uneven(count: int, size: int) -> Tensor:
    """Smooth light and shade, (count, 1, size, size) about 0."""
    coarse = torch.randn(count, 1, 4, 4) * draw(count, 0, 0.12)
    return functional.interpolate(coarse, size=(size, size), mode="bicubic", align_corners=True)


def edged(images: Tensor, chance: float = 0.4) -> Tensor:
    """Some films with black, white or grey bars along their sides, as collimation and letterboxes leave them."""
    count = len(images)
    size = images.shape[-1]
    place = torch.arange(size).float() / size
    bars = torch.rand(count, 4) * 0.18 * (torch.rand(count, 4) < 0.5)
    inside_x = (place >= bars[:, :1]) & (place < 1 - bars[:, 1:2])
    inside_y = (place >= bars[:, 2:3]) & (place < 1 - bars[:, 3:])
    inside = inside_x[:, None, None, :] & inside_y[:, None, :, None]
    colour = torch.where(coin(count, 0.75), 0.0, draw(count, 0, 1))
    return torch.where(inside | ~coin(count, chance), images, colour)


def turned(images: Tensor, quarters: Tensor) -> Tensor:
    """Each film turned clockwise by its number of quarter turns (N,)."""
    out = images.clone()
    for quarter in (1, 2, 3):
        which = quarters == quarter
        out[which] = torch.rot90(images[which], -quarter, (2, 3))
    return out
