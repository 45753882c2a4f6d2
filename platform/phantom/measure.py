"""How hard the findings are to see, and whether anything else gives them away.

    python -m phantom.measure --train 1400 --test 400 --difficulty 0.5

Renders small films, reduces them to 128 pixels by area, trains a small CNN on all findings at once and prints, per
finding, its AUROC on films it never saw, and that of ridge regression on the outer tenth of the films alone (64 pixels,
five-fold, all films), on sex, and on device with view. A tool for whoever changes a finding; nothing else imports it.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import OneHotEncoder
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from phantom.findings import FINDINGS
from phantom.render import draw_findings, render

Floats = NDArray[np.float32]
PIXELS = 128


@dataclass(frozen=True)
class Films:
    """images (N, 128, 128) in 0..1, labels (N, findings) 0/1, facts (N, 3): sex, device, view as text."""

    images: Floats
    labels: Floats
    facts: NDArray[np.str_]

    def part(self, which: slice) -> "Films":
        return Films(self.images[which], self.labels[which], self.facts[which])


def film(seed: int, size: int, difficulty: float, prevalence: float) -> tuple[NDArray[np.uint8], list[int], list[str]]:
    drawn = draw_findings(seed, prevalence)
    shot = render(seed, drawn, size=size, difficulty=difficulty)
    small = Image.fromarray(shot.display()).resize((PIXELS, PIXELS), Image.Resampling.BOX)
    facts = [shot.patient.sex, shot.device.name, shot.pose.view]
    return np.asarray(small), [int(name in drawn) for name in FINDINGS], facts


def films(seeds: range, *, size: int, difficulty: float, prevalence: float, jobs: int) -> Films:
    draw = partial(film, size=size, difficulty=difficulty, prevalence=prevalence)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        drawn = tqdm(pool.map(draw, seeds, chunksize=8), total=len(seeds), desc="films")
        images, labels, facts = zip(*drawn, strict=True)
    return Films(np.stack(images).astype(np.float32) / np.float32(255), np.array(labels, np.float32), np.array(facts))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside an average-pooled shortcut (ResNet-D, He et al., CVPR 2019); halves the sides."""

    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        first = nn.Conv2d(inner, outer, 3, stride=2, padding=1, bias=False)
        second = nn.Conv2d(outer, outer, 3, padding=1, bias=False)
        self.branch = nn.Sequential(first, nn.BatchNorm2d(outer), nn.ReLU(), second, nn.BatchNorm2d(outer))
        self.shortcut = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(inner, outer, 1, bias=False), nn.BatchNorm2d(outer))

    def forward(self, features: Tensor) -> Tensor:
        return functional.relu(self.branch(features) + self.shortcut(features))


def network(outputs: int) -> nn.Module:
    """A stem, three residual blocks, global average pooling, one linear layer: the size of network the demo trains."""
    stem = [nn.Conv2d(1, 24, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(24), nn.ReLU()]
    blocks = [Residual(24, 32), Residual(32, 64), Residual(64, 128)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, outputs))


def augment(batch: Tensor) -> Tensor:
    """Shifts of 4 %, turns of 5 degrees, contrast and brightness of 15 %."""
    n = len(batch)
    angle = (torch.rand(n) - 0.5) * 0.18
    shift = (torch.rand(n, 2) - 0.5) * 0.16
    top = torch.stack([angle.cos(), -angle.sin(), shift[:, 0]], 1)
    rows = torch.stack([top, torch.stack([angle.sin(), angle.cos(), shift[:, 1]], 1)], 1)
    grid = functional.affine_grid(rows, list(batch.shape), align_corners=False)
    turned = functional.grid_sample(batch, grid, padding_mode="border", align_corners=False)
    gain, lift = (1 + 0.3 * (torch.rand(2, n, 1, 1, 1) - 0.5)).unbind(0)
    return (turned * gain + lift - 1).contiguous(memory_format=torch.channels_last)


def train(films: Films, epochs: int, seed: int) -> nn.Module:
    """Binary cross-entropy on all findings, AdamW under a one-cycle schedule."""
    torch.manual_seed(seed)
    images = torch.from_numpy(films.images - 0.5)[:, None]
    labels = torch.from_numpy(films.labels)
    batch = 16
    model = network(labels.shape[1])
    optimiser = torch.optim.AdamW(model.parameters(), weight_decay=0.02)
    steps = -(-len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, epochs=epochs, steps_per_epoch=steps)
    for _ in tqdm(range(epochs), desc="epochs"):
        order = torch.randperm(len(images))
        for start in range(0, len(images), batch):
            picked = order[start : start + batch]
            loss = functional.binary_cross_entropy_with_logits(model(augment(images[picked])), labels[picked])
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    return model.eval()


@torch.no_grad()
def scores(model: nn.Module, images: Floats) -> Floats:
    inputs = torch.from_numpy(images - 0.5)[:, None]
    return np.concatenate([model(inputs[i : i + 64]).numpy() for i in range(0, len(inputs), 64)])


def border(images: Floats) -> Floats:
    """The outer tenth of each film at 64 pixels, (N, values)."""
    small = images.reshape(len(images), 64, 2, 64, 2).mean((2, 4))
    ring = np.ones((64, 64), bool)
    ring[6:-6, 6:-6] = False
    return np.asarray(small[:, ring])


def ridge_auroc(inputs: Floats, labels: Floats) -> list[float]:
    """Five-fold AUROC of ridge regression, per column of the labels."""
    model = RidgeClassifier(alpha=10.0)
    folds = [cross_val_predict(model, inputs, y, cv=5, method="decision_function") for y in labels.T]
    return [float(roc_auc_score(y, s)) for y, s in zip(labels.T, folds, strict=True)]


def table(columns: dict[str, list[float]]) -> str:
    """One line per finding, one column per measurement."""
    lines = [f"{'AUROC':15}" + "".join(f"{name:>13}" for name in columns)]
    for i, name in enumerate(FINDINGS):
        lines.append(f"{name:15}" + "".join(f"{column[i]:13.3f}" for column in columns.values()))
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how hard the phantom's findings are.")
    parser.add_argument("--train", type=int, default=1400)
    parser.add_argument("--test", type=int, default=400)
    parser.add_argument("--size", type=int, default=192)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--difficulty", type=float, default=0.5)
    parser.add_argument("--prevalence", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.jobs)
    seeds = range(args.seed, args.seed + args.train + args.test)
    all_films = films(seeds, size=args.size, difficulty=args.difficulty, prevalence=args.prevalence, jobs=args.jobs)
    learn = all_films.part(slice(args.train))
    rest = all_films.part(slice(args.train, None))
    found = scores(train(learn, args.epochs, args.seed), rest.images)
    facts = OneHotEncoder(sparse_output=False)
    columns = {
        "cnn": [float(roc_auc_score(y, s)) for y, s in zip(rest.labels.T, found.T, strict=True)],
        "border": ridge_auroc(border(all_films.images), all_films.labels),
        "sex": ridge_auroc(facts.fit_transform(all_films.facts[:, :1]), all_films.labels),
        "device+view": ridge_auroc(facts.fit_transform(all_films.facts[:, 1:]), all_films.labels),
    }
    sys.stdout.write(table(columns))


if __name__ == "__main__":
    main()
