"""Real chest films of ../shared/data, seen by backbones that learnt on the other packs and on none of these patients."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.preparation import Preparation
from labeling.selection.pool import FindingOutput
from tests.bench.labels.data import Data, Missing
from tests.bench.labels.embedding import Films, embeddings, kept, recipe_of
from tests.shared import SHARED

PACKS = SHARED / "data"
KERMANY, NIH_64 = "cxr_kermany_224", "cxr_nih_64"
ALL = (KERMANY, NIH_64, "cxr_nih_256", "cxr_mixed_512")
AETIOLOGY = ("", "bacteria", "virus")
FEWEST = 40
"""Films with a finding, for it to be asked about or learnt."""
# fmt: off
NIH_FINDINGS = (
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Hernia",
    "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax",
)
# fmt: on


@dataclass(frozen=True)
class Film:
    """One file of a pack: whose it is and what its label says of the findings it speaks of, 0 or 1."""

    path: Path
    patient: str
    said: Mapping[str, float]


def kermany() -> Data:
    """1,120 children: normal, bacterial or viral pneumonia. The backbone learnt on adults of the NIH alone."""
    films = pack(KERMANY)
    options = ("normal", "bacterial", "viral")
    Y = np.array([[AETIOLOGY.index(row["aetiology"])] for row in _table(KERMANY)], np.float32)
    X, groups = _embedded("kermany", films, KERMANY, 96), _numbered(films)
    return Data("kermany", X, Y, (FindingOutput("diagnosis", "categorical", options=options),), groups, "macro_auroc")


def nih_64() -> Data:
    """874 adults' films of 64 pixels: six findings with at least 40 films each. The backbone learnt on the other packs.

    They are Atelectasis, Cardiomegaly, Consolidation, Effusion, Infiltration and Pneumothorax.
    """
    films = pack(NIH_64)
    findings = common(films)
    Y = np.array([[film.said[finding] for finding in findings] for film in films], np.float32)
    X, groups = _embedded("nih_64", films, NIH_64, 64), _numbered(films)
    return Data("nih_64", X, Y, tuple(map(FindingOutput, findings)), groups, "macro_auroc")


def pack(name: str) -> list[Film]:
    """Every film of a pack whose labels say something of a finding: the NIH's all fourteen, the children's their own two.

    Of the mixed pack that is the NIH's share: the other films are all COVID-19, which the source alone would tell.
    """
    if name == KERMANY:
        return [_child(row) for row in _table(name)]
    return [_adult(name, row) for row in _table(name) if "NIH" in row["source"]]


def others(target: str) -> list[Film]:
    """The films of all other packs, without any patient of the target's."""
    patients = {film.patient for film in pack(target)}
    return [film for name in ALL if name != target for film in pack(name) if film.patient not in patients]


def common(films: list[Film]) -> tuple[str, ...]:
    """The findings that at least FEWEST of the films show."""
    shown = Counter(finding for film in films for finding, present in film.said.items() if present)
    return tuple(sorted(finding for finding, count in shown.items() if count >= FEWEST))


def _embedded(name: str, films: list[Film], target: str, size: int) -> NDArray[np.float32]:
    recipe, learnt = recipe_of(size), others(target)
    assert not {film.patient for film in films} & {film.patient for film in learnt}
    tables = {each: hashlib.sha256((PACKS / each / "labels.csv").read_bytes()).hexdigest() for each in ALL}
    facts = {
        "recipe": recipe.to_dict(),
        "target": target,
        "tables": tables,
        "learnt": [str(film.said) for film in learnt],
    }

    def make() -> dict[str, NDArray[np.float32]]:
        return {"X": embeddings(_images(films, recipe.preparation()), _films(learnt, recipe.preparation()), recipe)}

    return kept(name, facts, make)["X"]


def _films(films: list[Film], preparation: Preparation) -> Films:
    findings = common(films)
    labels = np.array([[film.said.get(finding, np.nan) for finding in findings] for film in films], np.float32)
    return Films(_images(films, preparation), labels, findings, np.array([film.patient for film in films]))


def _images(films: list[Film], preparation: Preparation) -> NDArray[np.uint8]:
    opened = (np.asarray(Image.open(film.path).convert("L"), np.float32) / 255 for film in films)
    return np.stack([preparation.pixels(pixels) for pixels in opened])


def _child(row: dict[str, str]) -> Film:
    """Whether it has pneumonia and, if so, whether a bacterial one; children's pneumonia is a finding of its own."""
    sick = row["label"] == "PNEUMONIA"
    bacterial = {"child's bacterial pneumonia": float(row["aetiology"] == "bacteria")} if sick else {}
    return Film(PACKS / KERMANY / row["file"], row["patient_id"], {"child's pneumonia": float(sick)} | bacterial)


def _adult(name: str, row: dict[str, str]) -> Film:
    shown = row["findings"].split("|")
    said = {finding: float(finding in shown) for finding in NIH_FINDINGS}
    return Film(PACKS / name / row["file"], row["patient_id"], said)


def _numbered(films: list[Film]) -> NDArray[np.int64]:
    return np.unique([film.patient for film in films], return_inverse=True)[1].astype(np.int64)


def _table(name: str) -> list[dict[str, str]]:
    """The rows of a pack's table. Raises Missing where the pack is not there."""
    path = PACKS / name / "labels.csv"
    if not path.exists():
        raise Missing(f"{path.parent} is not there: see the README beside the packs")
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
