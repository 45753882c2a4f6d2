"""Scoring files without storing them in the archive. For commands and workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from inference.engine.stages.results import StageImage, worst
from inference.models import ModelVersion, Pipeline
from inference.services.examining import stage_examine
from inference.services.predictions import outputs_of
from inference.services.scoring import session_of
from overread.archive import dicom

BATCH = 32


@dataclass(frozen=True)
class FileScore:
    """The result for one file.

    `outputs` and `stages` as in Prediction; no outputs where a stage abstains. `reason`: why the file was refused.
    """

    path: Path
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    reason: str = ""

    @property
    def abstained(self) -> bool:
        return worst(stage["verdict"] for stage in self.stages.values()) == "abstain"


def files_under(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every file below the folders named, in order. Hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        files = [path]
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
        found += [file for file in files if not file.name.startswith(".")]
    return found


def files_score(*, pipeline: Pipeline, files: Iterable[Path], children: int = 2) -> Iterator[FileScore]:
    """Score files batch by batch, in order. Nothing is stored. A refused file has its reason in place of outputs."""
    remaining = iter(files)
    # As many threads as children: a thread only waits for the child that parses its file.
    with dicom.Reader(children=children) as reader, ThreadPoolExecutor(children) as pool:
        while batch := list(islice(remaining, BATCH)):
            images = list(pool.map(lambda path: _read(reader, path), batch))
            yield from _score_batch(pipeline, batch, images)


def _score_batch(pipeline: Pipeline, paths: list[Path], images: list[NDArray[np.float32] | str]) -> Iterator[FileScore]:
    """One FileScore per path, in order. An image that is text is the reason why the file was refused."""
    *stages, classifier = pipeline.versions
    session = session_of(classifier.pk)
    results = []
    inputs = []
    for path, image in zip(paths, images, strict=True):
        if isinstance(image, str):
            results.append(FileScore(path, reason=image))
            continue
        result = FileScore(path, stages=_examined(stages, image))
        results.append(result)
        if not result.abstained:
            inputs.append(session.card.preparation.prepare(image))
    scored: Iterator[NDArray[np.float64]] = iter(())
    if inputs:
        scored = iter(session.probabilities(session.run(np.stack(inputs)).logits))
    for result in results:
        if result.reason or result.abstained:
            yield result
        else:
            yield replace(result, outputs=outputs_of(classifier, next(scored)))


def _examined(stages: Sequence[ModelVersion], image: NDArray[np.float32]) -> dict[str, dict[str, Any]]:
    """Stage → what it says of the image, up to the first that abstains."""
    said: dict[str, dict[str, Any]] = {}
    for version in stages:
        result = stage_examine(version, StageImage(image))
        said[version.stage] = {"number": version.number, **result.to_dict()}
        if result.verdict == "abstain":
            break
    return said


def _read(reader: dicom.Reader, path: Path) -> NDArray[np.float32] | str:
    """The pixels (H, W[, 3]), 0 to 1, as a classifier takes them, or the reason why there are none."""
    try:
        result = reader.take_in(path.read_bytes(), key=settings.PSEUDONYM_KEY.encode())
        return dicom.model_input(reader.render(result.content))
    except dicom.Refused as refusal:
        return refusal.reason
    except OSError as error:
        return f"The file cannot be read: {error.strerror}."
