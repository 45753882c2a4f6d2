"""The starter beside the same network with random weights: python -m training.engine.starter.measuring.

A starter is measured on a pack that it was made without.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.engine import weights
from training.engine.evaluation.estimate import Floats, Interval
from training.engine.evaluation.resampling import bootstrap, percentiles
from training.engine.starter.findings import ABNORMAL, CHILD_PNEUMONIA, LAYOUT
from training.engine.starter.making import FILE, State
from training.engine.starter.packs import Films, films_read
from training.engine.starter.recipe import StarterRecipe
from training.engine.starter.trials import embeddings, head_scores, mean_aurocs, trial_draw

ASKED = {
    "cxr_kermany_224": (CHILD_PNEUMONIA,),
    "cxr_mixed_512": (ABNORMAL,),
    "cxr_nih_256": (ABNORMAL,),
    "cxr_nih_64": ("Effusion", "Cardiomegaly", "Infiltration", "Atelectasis"),
}
LABELLED = 200  # films whose labels the head learns
DRAWS = 10
RESAMPLES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Measured:
    """Mean AUROC over findings and draws of labelled patients: of the starter, of random weights, and the gain.

    Intervals of 95 % are over the measured patients.
    """

    starter: Interval
    random: Interval
    gain: Interval


class _Bench:
    """Films, findings asked for, and the draws of labelled patients of one pack."""

    def __init__(self, films: Films, pack: str, draws: int, labelled: int) -> None:
        self.films = films
        self.columns = [[output.name for output in LAYOUT].index(name) for name in ASKED[pack]]
        self.trials = [trial_draw(films, pack, self.columns, labelled, seed) for seed in range(draws)]

    def aurocs(self, embedded: NDArray[np.float32]) -> Floats:
        """(1 + RESAMPLES,): with every film once, and of every resample of patients."""
        scores = [head_scores(self.films, self.columns, trial, embedded) for trial in self.trials]

        def mean(times: Floats) -> Floats:
            return mean_aurocs(self.films, self.columns, self.trials, scores, times)

        count = len(self.films.images)
        drawn = bootstrap(mean, self.films.patients, count, RESAMPLES, seed=0)
        return np.concatenate([mean(np.ones((1, count))), drawn])


def measure(
    films: Films,
    pack: str,
    state: State,
    recipe: StarterRecipe,
    *,
    draws: int = DRAWS,
    labelled: int = LABELLED,
) -> Measured:
    """A linear head on a few labels of a pack, on patients it has not seen. Raises KeyError for a pack there is not."""
    bench = _Bench(films, pack, draws, labelled)
    starter = bench.aurocs(embeddings(films, state, recipe))
    random = bench.aurocs(embeddings(films, None, recipe))
    # The resamples are the same for both, so their difference is paired by patient.
    return Measured(_interval(starter), _interval(random), _interval(starter - random))


def _interval(values: Floats) -> Interval:
    return percentiles(float(values[0]), values[1:], CONFIDENCE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a starter on a pack that it was made without.")
    parser.add_argument("--packs", type=Path, required=True, help="folder of the chest packs")
    parser.add_argument("--made", type=Path, required=True, help="folder that the starter was made into")
    parser.add_argument("--pack", action="append", choices=ASKED, required=True)
    asked = parser.parse_args()
    facts = json.loads((asked.made / "made.json").read_text())
    if seen := set(asked.pack) & set(facts["films"]):
        parser.error(f"The starter was made of {', '.join(sorted(seen))}, and is no judge of it.")
    recipe = StarterRecipe(**facts["recipe"])
    state = weights.read(asked.made / FILE, facts["sha256"])
    films = films_read(asked.packs, recipe.preparation())
    found = {pack: asdict(measure(films, pack, state, recipe)) for pack in asked.pack}
    (asked.made / "measured.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
