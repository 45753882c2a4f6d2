"""Make the starter: python -m training.engine.starter --packs FOLDER --out FOLDER [--without PACK]."""

import argparse
import json
from collections import Counter
from pathlib import Path

from tqdm import tqdm

from inference.engine import weights
from inference.engine.digest import sha256_of
from training.engine.starter.making import FILE, State, starter_make
from training.engine.starter.packs import PACKS, Films, films_read
from training.engine.starter.recipe import StarterRecipe


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the weights from which new chest projects begin.")
    parser.add_argument("--packs", type=Path, required=True, help="folder of the chest packs")
    parser.add_argument("--out", type=Path, required=True, help=f"folder for {FILE} and made.json")
    parser.add_argument("--without", action="append", default=[], choices=PACKS, help="leave out, with its patients")
    parser.add_argument("--steps", type=int, default=StarterRecipe.steps)
    asked = parser.parse_args()
    recipe = StarterRecipe(steps=asked.steps)
    films = films_read(asked.packs, recipe.preparation(), asked.without)
    with tqdm(total=recipe.steps, unit="step", mininterval=5) as bar:

        def tell(step: int, loss: float) -> None:
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            bar.update()

        state = starter_make(films, recipe, tell)
    _keep(asked.out, state, films, recipe)


def _keep(out: Path, state: State, films: Films, recipe: StarterRecipe) -> None:
    """The weights, and beside them what they are made of."""
    content = weights.pack(state)
    facts = {
        "sha256": sha256_of(content),
        "recipe": recipe.to_dict(),
        "films": dict(Counter(films.packs.tolist())),
        "patients": len(set(films.patients.tolist())),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_bytes(content)
    (out / "made.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
