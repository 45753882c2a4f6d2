"""Scores of one model: a row for each image and finding that it has scored, whether or not anybody was shown them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from inference.models import EmbeddingRow, Pipeline, ScoreShard
from inference.queries import score_arrays
from inference.services.predictions import outputs_of
from overread.archive.models import Enrolment
from training.exports.arrow import shaped
from training.exports.columns import FINDING, FLAG, IMAGE, MOMENT, NUMBER, WHOLE, Column, schema_of
from training.exports.provenance import with_finding, with_image
from training.exports.scope import Scope
from training.exports.tables.table import Chunk, Key

OWN = (
    Column("option", foreign=True),
    Column("probability", NUMBER),
    Column("threshold", NUMBER),
    Column("above", FLAG),
    Column("value", NUMBER),
    Column("low", NUMBER),
    Column("high", NUMBER),
    Column("model", WHOLE),
    Column("model_version", WHOLE),
    Column("scored_at", MOMENT),
)
COLUMNS = (*IMAGE, *FINDING, *OWN)
MADE = schema_of((Column("image"), Column("finding_id", WHOLE), *OWN))


@dataclass(frozen=True)
class Scores:
    name: str = "scores"
    columns: Sequence[Column] = COLUMNS
    sources: int = 1

    def chunk(self, scope: Scope, after: Key, size: int) -> Chunk | None:
        """The rows of the next shard: those of a thousand images at most, whatever the size asked for."""
        if scope.pipeline is None:
            return None
        shards = ScoreShard.objects.filter(pipeline=scope.pipeline, pk__gt=after.row).select_related("shard")
        shard = shards.order_by("pk").first()
        if shard is None:
            return None
        entries = EmbeddingRow.objects.filter(
            scope.of_images(),
            shard=shard.shard_id,
            image__in=Enrolment.objects.filter(project=scope.project).values("image"),
        )
        rows = pa.Table.from_pylist(list(_rows(scope, shard, entries.order_by("row"))), MADE)
        rows = with_finding(with_image(rows, scope.project, entries.values("image")), scope)
        return Chunk(shaped(rows, (column.name for column in COLUMNS), schema_of(COLUMNS)), Key(0, shard.pk))


def _rows(scope: Scope, shard: ScoreShard, entries: Any) -> Iterator[dict[str, Any]]:
    """A row for each option of a categorical finding, one for any other."""
    pipeline = scope.pipeline
    assert pipeline is not None
    version = pipeline.classifier
    findings = {finding.slug: pk for pk, finding in scope.findings.items()}
    values = score_arrays(shard)["probabilities"]
    for image, row in entries.values_list("image", "row"):
        about = _about(pipeline, version.number, shard.shard.created_at) | {"image": str(image)}
        for slug, output in outputs_of(version, values[row]).items():
            if slug in findings:
                for said in _said(output):
                    yield about | {"finding_id": findings[slug]} | said


def _about(pipeline: Pipeline, version: int, at: datetime) -> dict[str, Any]:
    return {"model": pipeline.number, "model_version": version, "scored_at": at}


def _said(output: dict[str, Any]) -> list[dict[str, Any]]:
    if output["kind"] == "categorical":
        return [{"option": option, "probability": share} for option, share in output["probabilities"].items()]
    return [{name: output.get(name) for name in ("probability", "threshold", "above", "value", "low", "high")}]


SCORES = Scores()
