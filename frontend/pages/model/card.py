"""The model card: what a model is, where it learned, and what is known of its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from frontend.pages.data.summary import origin_words
from frontend.pages.model.gate import finding_name
from inference.models import ModelVersion, Pipeline
from labeling.queries.contradictions import contradictions_effect
from labeling.queries.labels import labels_standing
from training.models import Run

BORDER_TELLS = 0.6  # AUROC of a straight line on the outer tenth; chance is 0.5


@dataclass(frozen=True)
class HeldOut:
    """One finding's figures on patients the model never saw."""

    name: str
    known: int
    positives: int | None
    auroc: float | None
    sensitivity: float | None
    specificity: float | None
    ppv: float | None
    brier: float | None
    threshold: float | None


@dataclass(frozen=True)
class Shortcut:
    """One finding's AUROC by what of the image is left. `tells`: the border alone says it."""

    name: str
    whole: float | None
    central: float | None
    border: float | None
    linear_whole: float | None
    linear_border: float | None

    @property
    def tells(self) -> bool:
        return max(self.border or 0.0, self.linear_border or 0.0) >= BORDER_TELLS


def card(pipeline: Pipeline, names: Mapping[str, str]) -> dict[str, Any]:
    """What the page says of a model beside the gate."""
    version, run = pipeline.classifier, getattr(pipeline, "run", None)
    facts = version.card["facts"]
    return {
        "version": version,
        "run": run,
        "size": version.card["preparation"]["size"],
        "held_out": held_out(version, names),
        "held_out_size": facts.get("held_out", {}),
        "shortcuts": shortcuts(facts.get("shortcuts", {}), names),
        "snapshot": run.snapshot if run else None,
        "origin": facts.get("origin", ""),
        "labels": labels_by_source(run) if run else "",
        "parity": facts.get("onnx_difference"),
        "contradictions": contradictions_effect(pipeline),
    }


def held_out(version: ModelVersion, names: Mapping[str, str]) -> list[HeldOut]:
    figures = version.card["facts"].get("held_out", {}).get("findings", {})
    return [
        HeldOut(
            name=finding_name(slug, names),
            known=int(row.get("known_count", 0)),
            positives=int(row["positive_count"]) if "positive_count" in row else None,
            auroc=row.get("auroc"),
            sensitivity=row.get("sensitivity"),
            specificity=row.get("specificity"),
            ppv=row.get("ppv"),
            brier=row.get("brier"),
            threshold=version.card["thresholds"].get(slug),
        )
        for slug, row in figures.items()
    ]


def shortcuts(report: Mapping[str, Mapping[str, float]], names: Mapping[str, str]) -> list[Shortcut]:
    return [
        Shortcut(
            name=finding_name(slug, names),
            whole=row.get("whole"),
            central=row.get("central_only"),
            border=row.get("border_only"),
            linear_whole=row.get("linear_whole"),
            linear_border=row.get("linear_border"),
        )
        for slug, row in report.items()
        if row
    ]


def labels_by_source(run: Run) -> str:
    """The sources of the labels of a snapshot's images, as shares."""
    of_snapshot = labels_standing(run.project).filter(image__in=run.snapshot.items.values("image"))
    counts: dict[str, int] = {}
    for origin, readers, n in of_snapshot.order_by().values_list("origin", "readers").annotate(n=Count("pk")):
        words = origin_words(origin, min(readers, 1)) if readers < 2 or origin != "read" else _("several readers")
        counts[words] = counts.get(words, 0) + n
    total = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{100 * n / total:.0f} % {words}" for words, n in ranked)
