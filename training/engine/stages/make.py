"""Make a stage from folders of films: python -m training.engine.stages.make view|lungs --packs FOLDER --out FOLDER.

Synthetic films are written by `python -m phantom` (views) or `python -m phantom.anatomy` (lungs, heart) into a folder beside
the stage, or are taken from where --phantoms says.
"""

from __future__ import annotations

import argparse
import logging
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from inference.engine.stages.bundle import StageBundle
from training.engine.stages import lungs, view
from training.engine.stages.films import Films, films_of_packs, films_of_phantoms
from training.engine.stages.pairs import Pairs, pairs_of_packs, pairs_of_phantoms

SEED = 7
COUNTS = {"view": 1750, "lungs": 400}


def main(arguments: Sequence[str] | None = None) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    options = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        phantoms = options.phantoms or Path(scratch)
        if options.phantoms is None:
            phantoms_write(options.stage, phantoms)
        bundle = MAKERS[options.stage](options, phantoms)
    bundle = with_command(bundle, options)
    bundle_write(bundle, options.out)
    logging.getLogger(__name__).info("%s", bundle.sha256)


def parser() -> argparse.ArgumentParser:
    says = argparse.ArgumentParser(prog="python -m training.engine.stages.make", description="Make a stage.")
    says.add_argument("stage", choices=sorted(MAKERS))
    says.add_argument("--packs", type=Path, required=True, help="folder of packs, each with its labels.csv")
    says.add_argument("--out", type=Path, required=True, help="folder for the stage's files")
    says.add_argument(
        "--without", action="append", default=[], metavar="PACK", help="leave a pack out; may be repeated"
    )
    says.add_argument(
        "--without-source", action="append", default=[], metavar="TEXT", help="leave out films whose column via has it"
    )
    says.add_argument("--phantoms", type=Path, help="synthetic films that are there already")
    says.add_argument("--steps", type=int, help="of training, instead of the recipe's")
    return says


def phantoms_write(stage: str, folder: Path) -> None:
    """Have synthetic films written. The product does not import the program that draws them."""
    command = [sys.executable, "-m", *PHANTOMS[stage], str(folder), "--count", str(COUNTS[stage]), "--seed", str(SEED)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


PHANTOMS = {
    "view": ("phantom", "--size", "192", "--format", "png", "--lateral-share", "0.55", "--prevalence", "0.15"),
    "lungs": ("phantom.anatomy",),
}


def view_make(options: argparse.Namespace, phantoms: Path) -> StageBundle:
    recipe = view.ViewRecipe()
    recipe = replace(recipe, steps=options.steps or recipe.steps)
    real = films_of_packs(options.packs, recipe.stored, options.without, options.without_source)
    return view.train(Films.joined([real, films_of_phantoms(phantoms, recipe.stored)]), recipe)


def lungs_make(options: argparse.Namespace, phantoms: Path) -> StageBundle:
    recipe = lungs.LungsRecipe()
    recipe = replace(recipe, steps=options.steps or recipe.steps)
    real = pairs_of_packs(options.packs, recipe.size, options.without)
    return lungs.train(Pairs.joined([real, pairs_of_phantoms(phantoms, recipe.size)]), recipe)


MAKERS: dict[str, Callable[[argparse.Namespace, Path], StageBundle]] = {"view": view_make, "lungs": lungs_make}


def with_command(bundle: StageBundle, options: argparse.Namespace) -> StageBundle:
    """The bundle whose facts tell how to make it again, without the paths of this machine."""
    words = ["python", "-m", "training.engine.stages.make", options.stage, "--packs", "PACKS", "--out", "OUT"]
    for pack in options.without:
        words += ["--without", pack]
    for source in options.without_source:
        words += ["--without-source", source]
    if options.steps:
        words += ["--steps", str(options.steps)]
    facts = {**bundle.card.facts, "command": shlex.join(words)}
    return replace(bundle, card=replace(bundle.card, facts=facts))


def bundle_write(bundle: StageBundle, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in bundle.to_files().items():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
