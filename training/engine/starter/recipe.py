"""How the starter is made, as one frozen value that is written beside its weights."""

from dataclasses import asdict, dataclass
from typing import Any

from inference.engine.preparation import Preparation


@dataclass(frozen=True)
class StarterRecipe:
    """Architecture, input, optimisation.

    `size`: pixels of the films as read. `crop`: pixels of the views that it learns from; objects in them look larger than in
    a whole film, as in Touvron et al. (NeurIPS 2019), and cost less. `steps` batches of `films` films, two views each.
    `agreement`: weight of the loss between two views of a film. `dropout` is on the embedding. `decay`: of the running mean of
    weights, which is what is kept.
    """

    architecture: str = "chest_cnn"
    size: int = 128
    crop: int = 96
    steps: int = 500
    films: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    dropout: float = 0.2
    agreement: float = 1.0
    decay: float = 0.998
    seed: int = 0
    threads: int = 1

    def preparation(self) -> Preparation:
        """How films are prepared, for the starter and for whoever begins with it."""
        return Preparation(self.size)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
