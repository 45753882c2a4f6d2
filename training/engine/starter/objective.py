"""What the starter learns: the packs' findings where they are known, and that two views of a film are one film."""

import torch
from torch import Tensor, nn
from torch.nn import functional

PROJECTED = 256
COVARIANCE = 0.04  # against agreement and variance, as VICReg has 1 to 25
LEAST_SPREAD = 1.0


class Projector(nn.Sequential):
    """Embeddings (N, D) → (N, PROJECTED): the space in which views agree. It is thrown away."""

    def __init__(self, dimension: int) -> None:
        super().__init__(
            nn.Linear(dimension, PROJECTED), nn.BatchNorm1d(PROJECTED), nn.ReLU(), nn.Linear(PROJECTED, PROJECTED)
        )


def disagreement(first: Tensor, second: Tensor) -> Tensor:
    """VICReg's loss (Bardes, Ponce, LeCun, ICLR 2022) of two views (N, P) of the same films.

    They are to be equal, each dimension is to spread by at least 1, and no two are to say the same.
    """
    spread = (_narrowness(first) + _narrowness(second)) / 2
    repetition = (_redundancy(first) + _redundancy(second)) / 2
    return functional.mse_loss(first, second) + spread + COVARIANCE * repetition


def _narrowness(views: Tensor) -> Tensor:
    return functional.relu(LEAST_SPREAD - torch.sqrt(views.var(0) + 1e-4)).mean()


def _redundancy(views: Tensor) -> Tensor:
    centred = views - views.mean(0)
    covariance = centred.T @ centred / (len(views) - 1)
    return (covariance.square().sum() - covariance.diagonal().square().sum()) / views.shape[1]
