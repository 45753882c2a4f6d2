"""What a model says of images, as a strategy wants it: probabilities, and of a measurement how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.engine.intervals import from_dicts
from inference.engine.outputs import Output as Answer
from inference.engine.outputs import OutputLayout
from inference.memmap_cache import Ids
from inference.models import Pipeline
from inference.queries import ImageTable, scores_of
from labeling.selection.pool import BLOCK, Gathered, Head, Output
from labeling.services.scout import Scout

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Said:
    """outputs (N, C) as `layout` tells, NaN where nothing is known; the places of its findings among the labels'
    columns; and a head, where there is one that says it of any embedding.
    """

    outputs: Float
    layout: tuple[Output, ...]
    findings: tuple[int, ...]
    head: Head | None = None


def said_by_nobody(rows: int) -> Said:
    return Said(np.empty((rows, 0), np.float32), (), ())


def said_by_scout(scout: Scout, names: dict[str, str], embeddings: Gathered) -> Said:
    """A scout's word on all rows (N), a block at a time; blocks begin at multiples of their length, so that a row is
    said the same of in a shard that begins at one.
    """
    layout = scout.layout
    outputs = np.empty((len(embeddings), layout.width), np.float32)
    for start in range(0, len(embeddings), BLOCK):
        points = embeddings[start : start + BLOCK].astype(np.float32)
        outputs[start : start + BLOCK] = scout.answers(points)
        for output, columns in zip(layout, layout.slices, strict=True):
            if output.kind == "measurement":
                outputs[start : start + BLOCK, columns] = scout.spreads(points)[:, columns]
    ranked = tuple(_ranked(output, names, scout.scales.get(output.name, 1.0)) for output in layout)
    return Said(outputs, ranked, tuple(range(len(layout))), scout.answers)


def said_by_champion(pipeline: Pipeline, names: dict[str, str], images: Ids) -> Said:
    """The champion's word on these images. A measurement is as far off everywhere as its interval; without one it is
    left out.
    """
    layout, halves = OutputLayout.from_list(pipeline.classifier.card["layout"]), _halves(pipeline)
    values = values_of(scores_of(pipeline), images)
    blocks, ranked, findings = [values[:, :0]], [], []
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        half = halves.get(output.name)
        if output.kind == "measurement" and half is None:
            continue
        blocks.append(values[:, columns] if half is None else np.where(np.isnan(values[:, columns]), np.nan, half))
        ranked.append(_ranked(output, names, half or 1.0))
        findings.append(index)
    return Said(np.concatenate(blocks, axis=1, dtype=np.float32), tuple(ranked), tuple(findings))


def values_of(table: ImageTable, images: Ids) -> Float:
    """(N, K) values of these images, NaN where the table lacks one."""
    places = table.places(images)
    out = np.full((len(images), table.values.shape[1]), np.nan, np.float32)
    out[places >= 0] = table.values[places[places >= 0]]
    return out


def _ranked(output: Answer, names: dict[str, str], scale: float) -> Output:
    return Output(names.get(output.name, output.name), output.kind, output.options, scale, output.unit)


def _halves(pipeline: Pipeline) -> dict[str, float]:
    intervals = from_dicts(pipeline.classifier.card.get("intervals", {}))
    return {name: interval.half for name, interval in intervals.items()}
