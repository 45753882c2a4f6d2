"""Scoring files that are not in the archive and stay out of it. For commands and workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from inference.models import Pipeline
from inference.services.predictions import outputs_of
from inference.services.scoring import session_of
from overread.archive import dicom

BATCH = 32


@dataclass(frozen=True)
class FileScore:
    """What became of one file: `outputs` as in Prediction, or the reason why there are none."""

    path: Path
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    reason: str = ""


def files_under(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every file below the folders named, in order; hidden ones are passed over."""
    found: list[Path] = []
    for path in paths:
        below = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        found += [each for each in below if not each.name.startswith(".")]
    return found


def files_score(*, pipeline: Pipeline, files: Iterable[Path], children: int = 2) -> Iterator[FileScore]:
    """Score files batch by batch, in order. Nothing is stored; a refused file comes with its reason."""
    session = session_of(pipeline.classifier.pk)
    preparation = session.card.preparation
    left = iter(files)
    with dicom.Reader(children=children) as reader, ThreadPoolExecutor(children) as pool:
        while batch := list(islice(left, BATCH)):
            read = list(pool.map(lambda path: _read(reader, path), batch))
            inputs = [preparation.prepare(pixels) for pixels in read if not isinstance(pixels, str)]
            values = iter(session.probabilities(session.run(np.stack(inputs)).logits) if inputs else ())
            for path, pixels in zip(batch, read, strict=True):
                if isinstance(pixels, str):
                    yield FileScore(path, reason=pixels)
                else:
                    yield FileScore(path, outputs_of(pipeline.classifier, next(values)))


def _read(reader: dicom.Reader, path: Path) -> NDArray[np.float32] | str:
    """The pixels as a classifier gets them, or why there are none."""
    try:
        arrival = reader.receive(path.read_bytes(), key=settings.PSEUDONYM_KEY.encode())
        return dicom.model_input(reader.render(arrival.content))
    except dicom.Refused as refusal:
        return refusal.reason
    except OSError as error:
        return f"The file cannot be read: {error.strerror}."
