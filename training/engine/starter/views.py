"""Two unlike looks at one film that leave its findings true, hiding what tells packs apart: frames, contrast, sharpness."""

import math

import torch
from torch import Tensor
from torch.nn import functional

ZOOM = (0.5, 1.1)  # side of a view as a share of the film's
ASPECT = 0.12  # natural logarithm; some packs are squeezed into squares
ROTATION = math.radians(12)
BEYOND = 0.05  # how far a view may reach beyond the film, as a share of half its side
GAMMA, CONTRAST = 0.5, 0.4  # natural logarithms
BRIGHTNESS = 0.15
BLURRED, BLUR = 0.6, 0.9  # share of views, and the most that is mixed in
NOISE = 0.04
FRAMED, FRAME = 0.35, 0.12  # share of sides, and the widest as a share of the side
COVERED, COVER = 0.5, 0.25  # the same of a rectangle


def view(films: Tensor, crop: int) -> Tensor:
    """One random view of each film, float32 (N, 1, S, S) of 0 to 1 → (N, 1, crop, crop), normalised.

    Never mirrored: the heart lies on one side. Draws from torch's global generator.
    """
    looks = _placed(films, crop)
    looks = _exposed(looks)
    looks = _blurred(looks)
    looks = _framed(looks)
    looks = _covered(looks)
    return ((looks - 0.5) / 0.25).contiguous(memory_format=torch.channels_last)


def _placed(films: Tensor, crop: int) -> Tensor:
    """A turned rectangle of each film."""
    count = len(films)
    zoom = torch.empty(count).uniform_(*ZOOM)
    aspect = torch.exp(_between(ASPECT, count))
    angle = _between(ROTATION, count)
    width = zoom * aspect
    height = zoom / aspect
    left = _between(1.0, count) * ((1 - width).abs() + BEYOND)
    top = _between(1.0, count) * ((1 - height).abs() + BEYOND)
    cosine = torch.cos(angle)
    sine = torch.sin(angle)
    rows = [width * cosine, -height * sine, left, width * sine, height * cosine, top]
    grid = functional.affine_grid(torch.stack(rows, 1).view(count, 2, 3), [count, 1, crop, crop], align_corners=False)
    return functional.grid_sample(films, grid, align_corners=False)


def _exposed(looks: Tensor) -> Tensor:
    """Another curve, contrast and brightness."""
    count = len(looks)
    looks = looks.clamp(1e-4, 1.0) ** torch.exp(_each(_between(GAMMA, count)))
    middle = looks.mean((2, 3), keepdim=True)
    contrast = torch.exp(_each(_between(CONTRAST, count)))
    return (looks - middle) * contrast + middle + _each(_between(BRIGHTNESS, count))


def _blurred(looks: Tensor) -> Tensor:
    """Some as if taken with fewer pixels, all with a little noise."""
    count = len(looks)
    share = _each(torch.rand(count)) * BLUR * _each(torch.rand(count) < BLURRED)
    soft = functional.avg_pool2d(looks, 3, 1, 1, count_include_pad=False)
    return looks + (soft - looks) * share + torch.randn_like(looks) * NOISE * _each(torch.rand(count))


def _framed(looks: Tensor) -> Tensor:
    """Some sides covered by a frame, black as often as grey."""
    count, _, side, _ = looks.shape
    along = torch.arange(side)
    rows = along.view(1, 1, side, 1)
    columns = along.view(1, 1, 1, side)
    frame = torch.zeros(count, 1, side, side, dtype=torch.bool)
    for places in (rows, side - 1 - rows, columns, side - 1 - columns):
        frame |= places < _each(torch.rand(count) * FRAME * side * (torch.rand(count) < FRAMED))
    grey = _each(torch.rand(count) * (torch.rand(count) < 0.5))
    return torch.where(frame, grey, looks)


def _covered(looks: Tensor) -> Tensor:
    """A grey rectangle somewhere on some (DeVries and Taylor, 2017)."""
    count, _, side, _ = looks.shape
    along = torch.arange(side)
    tall = (along.view(1, 1, side, 1) - _each(torch.rand(count) * side)).abs() < _each(
        torch.rand(count) * COVER * side / 2
    )
    wide = (along.view(1, 1, 1, side) - _each(torch.rand(count) * side)).abs() < _each(
        torch.rand(count) * COVER * side / 2
    )
    covered = tall & wide & _each(torch.rand(count) < COVERED)
    return torch.where(covered, _each(torch.rand(count)), looks)


def _between(largest: float, count: int) -> Tensor:
    """(N,) uniform from −largest to largest."""
    return torch.empty(count).uniform_(-largest, largest)


def _each(values: Tensor) -> Tensor:
    """(N,) → (N, 1, 1, 1)."""
    return values[:, None, None, None]
