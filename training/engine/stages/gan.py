"""A gate by a discriminator: the alternative to distances that docs/gate.md compares.

A small DCGAN (Radford et al. 2016) learns to make thumbnails like the project's; what its discriminator takes for made is taken
for strange. Nothing obliges a discriminator to know what neither the project nor the generator has shown it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import softplus

from inference.engine.gate.strangeness import ByDiscriminator, planes
from inference.engine.gate.thumbnail import SIDE, Thumbnail, thumbnail
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from training.engine.stages.gan_export import export
from training.engine.stages.gate_limits import FEWEST, OF_DISTANCE, USUAL, farthest, plain_limits

HELD_OUT = 0.25  # share of the images that set the limit and are not learned from


@dataclass(frozen=True)
class GanRecipe:
    """How generator and discriminator are trained, one step of each in turn by Adam."""

    steps: int = 1500
    batch: int = 32
    width: int = 16  # channels of the widest planes; doubled with each halving of their side
    noise: int = 64
    rate: float = 2e-4
    momentum: float = 0.5
    smoothing: float = 0.1  # the discriminator is asked for 1 − smoothing of real images (Salimans et al. 2016)
    seed: int = 0


class Discriminator(nn.Sequential):
    """(N, 3, 64, 64) → (N,): a logit that an image is made."""

    def __init__(self, width: int) -> None:
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for inner in (width, 2 * width, 4 * width):
            layers += [nn.Conv2d(inner, 2 * inner, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * inner), nn.LeakyReLU(0.2)]
        layers += [nn.Conv2d(8 * width, 1, 4), nn.Flatten(0)]
        super().__init__(*layers)


class Generator(nn.Sequential):
    """(N, noise, 1, 1) → (N, 3, 64, 64), −1 to 1."""

    def __init__(self, width: int, noise: int) -> None:
        layers: list[nn.Module] = [
            nn.ConvTranspose2d(noise, 8 * width, 4, bias=False),
            nn.BatchNorm2d(8 * width),
            nn.ReLU(),
        ]
        for inner in (8 * width, 4 * width, 2 * width):
            layers += [
                nn.ConvTranspose2d(inner, inner // 2, 4, 2, 1, bias=False),
                nn.BatchNorm2d(inner // 2),
                nn.ReLU(),
            ]
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1), nn.Tanh()]
        super().__init__(*layers)


def fit(images: Sequence[StageImage], *, false_refusals: float = 0.01, recipe: GanRecipe | None = None) -> StageBundle:
    """As training.engine.stages.gate.fit, with a discriminator; a quarter of the images, drawn by lot, sets its limit.

    The same images and recipe give the same bundle on the same machine with one thread. Raises ValueError for too few images.
    """
    if len(images) < FEWEST:
        raise ValueError(f"A gate is fitted on at least {FEWEST} accepted images; the project has {len(images)}.")
    recipe = recipe or GanRecipe()
    thumbs = [thumbnail(image) for image in images]
    order = np.random.default_rng(recipe.seed).permutation(len(thumbs))
    held = int(len(thumbs) * HELD_OUT)
    learned = [thumbs[index] for index in order[held:]]
    graph = export(train(planes(learned), recipe), (3, SIDE, SIDE))
    logits, _ = ByDiscriminator(graph).of([thumbs[index] for index in order[:held]])
    return _bundle(graph, logits, thumbs, false_refusals, recipe)


def train(images: NDArray[np.float32], recipe: GanRecipe) -> Discriminator:
    """A discriminator of images float32 (N, 3, 64, 64), −1 to 1, in evaluation mode."""
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        generator = Generator(recipe.width, recipe.noise)
        discriminator = Discriminator(recipe.width)
        for network in (generator, discriminator):
            network.apply(_start)
        _alternate(generator, discriminator, torch.from_numpy(images), recipe)
    return discriminator.eval()


def _alternate(generator: Generator, discriminator: Discriminator, images: Tensor, recipe: GanRecipe) -> None:
    betas = (recipe.momentum, 0.999)
    of_generator = torch.optim.Adam(generator.parameters(), recipe.rate, betas)
    of_discriminator = torch.optim.Adam(discriminator.parameters(), recipe.rate, betas)
    for _ in range(recipe.steps):
        real = images[torch.randint(len(images), (recipe.batch,))]
        made = generator(torch.randn(recipe.batch, recipe.noise, 1, 1))
        # The cross-entropies of logits that an image is made: softplus(x) for real ones, softplus(−x) for made ones.
        logits = discriminator(real)
        loss = (
            softplus(logits).mean() - recipe.smoothing * logits.mean() + softplus(-discriminator(made.detach())).mean()
        )
        _step(of_discriminator, loss)
        _step(of_generator, softplus(discriminator(made)).mean())


def _step(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _start(layer: nn.Module) -> None:
    """DCGAN's initial weights."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)


def _bundle(
    graph: bytes, logits: NDArray[np.float32], thumbs: Sequence[Thumbnail], false_refusals: float, recipe: GanRecipe
) -> StageBundle:
    limit = farthest(logits, false_refusals * OF_DISTANCE)
    parameters = {
        "limits": plain_limits(thumbs, false_refusals),
        "farthest": limit,
        "usual": float(np.quantile(logits, USUAL)),
    }
    facts = {"images": len(thumbs), "false_refusals": false_refusals, "recipe": asdict(recipe)}
    return StageBundle.pack(
        kind="gate", architecture="discriminator", parameters=parameters, arrays={}, onnx=graph, facts=facts
    )
