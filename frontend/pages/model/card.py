"""The model card: what the model is, what it was trained on, and its known limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Count

from frontend.pages.data.summary import source_words
from frontend.pages.model.attention import AttentionRow, attention_rows
from frontend.pages.model.calibrated import CalibrationRow, MeasurementRow, calibration_rows, measurement_rows
from frontend.pages.model.gate import finding_name
from frontend.pages.model.sets import SetRow, set_rows
from inference.models import ModelVersion, Pipeline
from labeling.queries.contradictions import Effect, contradictions_effect
from labeling.queries.labels import labels_standing
from training.models import Run, Snapshot

BORDER_TELLS = 0.6  # AUROC of a linear model on the outer tenth of the image; chance is 0.5


@dataclass(frozen=True)
class HeldOutRow:
    """One finding's metrics on held-out patients. None: not computed."""

    name: str
    known: int
    positives: int | None
    auroc: float | None
    sensitivity: float | None
    specificity: float | None
    ppv: float | None
    brier: float | None
    threshold: float | None
    unchosen: bool  # the threshold is the default, as the calibration split had one answer only


@dataclass(frozen=True)
class ShortcutRow:
    """One finding's AUROC on the whole image, its centre or its border, of the model and of a linear one."""

    name: str
    whole: float | None
    central: float | None
    border: float | None
    linear_whole: float | None
    linear_border: float | None

    @property
    def tells(self) -> bool:
        """Whether the border alone tells the finding: the model may have learned the frame, not the patient."""
        return max(self.border or 0.0, self.linear_border or 0.0) >= BORDER_TELLS


class ModelCard(TypedDict):
    """The page's facts of a model besides the gate's. An imported model has no run, snapshot or labels."""

    version: ModelVersion
    run: Run | None
    size: int
    held_out: list[HeldOutRow]
    held_out_size: Mapping[str, object]
    measured: list[MeasurementRow]
    calibrated: list[CalibrationRow]
    sets: list[SetRow]
    shortcuts: list[ShortcutRow]
    attention: list[AttentionRow]
    stages: list[ModelVersion]
    snapshot: Snapshot | None
    origin: str
    labels: str
    parity: float | None
    contradictions: Effect


def card(pipeline: Pipeline, names: Mapping[str, str]) -> ModelCard:
    """`names`: finding slug → name."""
    version = pipeline.classifier
    run: Run | None = getattr(pipeline, "run", None)
    facts = version.card["facts"]
    return {
        "version": version,
        "run": run,
        "size": version.card["preparation"]["size"],
        "held_out": held_out_rows(version, names),
        "held_out_size": facts.get("held_out", {}),
        "measured": measurement_rows(version, names),
        "calibrated": calibration_rows(version, names),
        "sets": set_rows(version, names),
        "shortcuts": shortcut_rows(facts.get("shortcuts", {}), names),
        "attention": attention_rows(version, names),
        "stages": pipeline.versions,
        "snapshot": run.snapshot if run else None,
        "origin": facts.get("origin", ""),
        "labels": labels_by_source(run) if run else "",
        "parity": facts.get("onnx_difference"),
        "contradictions": contradictions_effect(pipeline),
    }


def held_out_rows(version: ModelVersion, names: Mapping[str, str]) -> list[HeldOutRow]:
    """Of everything but measurements, which have rows of their own."""
    rows = []
    findings = version.card["facts"].get("held_out", {}).get("findings", {})
    measured = {output["name"] for output in version.card["layout"] if output["kind"] == "measurement"}
    for slug, metrics in findings.items():
        if slug in measured:
            continue
        row = HeldOutRow(
            name=finding_name(slug, names),
            known=int(metrics.get("known_count", 0)),
            positives=int(metrics["positive_count"]) if "positive_count" in metrics else None,
            auroc=metrics.get("auroc"),
            sensitivity=metrics.get("sensitivity"),
            specificity=metrics.get("specificity"),
            ppv=metrics.get("ppv"),
            brier=metrics.get("brier"),
            threshold=version.card["thresholds"].get(slug),
            unchosen=version.card.get("basis", {}).get(slug, {}).get("threshold") == "default",
        )
        rows.append(row)
    return rows


def shortcut_rows(report: Mapping[str, Mapping[str, float]], names: Mapping[str, str]) -> list[ShortcutRow]:
    """`report`: by finding slug, the AUROC by what is left of the image; empty for too few images."""
    rows = []
    for slug, aurocs in report.items():
        if not aurocs:
            continue
        row = ShortcutRow(
            name=finding_name(slug, names),
            whole=aurocs.get("whole"),
            central=aurocs.get("central_only"),
            border=aurocs.get("border_only"),
            linear_whole=aurocs.get("linear_whole"),
            linear_border=aurocs.get("linear_border"),
        )
        rows.append(row)
    return rows


def labels_by_source(run: Run) -> str:
    """ "80 % one reader, 20 % imported": the labels of the run's snapshot."""
    labels = labels_standing(run.project).filter(image__in=run.snapshot.items.values("image"))
    # Without order_by() the model's own order would join the grouping.
    counted = labels.order_by().values_list("origin", "readers").annotate(n=Count("pk"))
    counts: Counter[str] = Counter()
    for origin, readers, n in counted:
        counts[source_words(origin, readers)] += n
    total = counts.total()
    return ", ".join(f"{100 * n / total:.0f} % {words}" for words, n in counts.most_common())
