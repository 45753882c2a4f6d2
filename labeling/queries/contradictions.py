"""Whether readers whom a model strongly contradicts change their answer, and whether the model was right."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from inference.models import Pipeline
from labeling.contradiction import contradicted_value
from labeling.models import Answer, Contradiction, ExposureKind, ReferenceLabel
from labeling.values import TRI


@dataclass
class Effect:
    """Blind answers that the model strongly contradicted: kept or changed, and whether independent labels prove it right."""

    kept_right: int = 0
    kept_wrong: int = 0
    kept_unknown: int = 0
    changed_right: int = 0
    changed_wrong: int = 0
    changed_unknown: int = 0

    @property
    def total(self) -> int:
        kept = self.kept_right + self.kept_wrong + self.kept_unknown
        return kept + self.changed_right + self.changed_wrong + self.changed_unknown


def contradictions_effect(pipeline: Pipeline) -> Effect:
    """Counted over all standing reads with this model in view. Only independent labels from unexposed answers prove anything."""
    truth = ReferenceLabel.objects.filter(
        project=pipeline.project,
        image=OuterRef("read__image"),
        finding=OuterRef("finding"),
        exposure=ExposureKind.NONE,
        independent=True,
        disputed=False,
    )
    asked = Answer.objects.filter(read__prediction__pipeline=pipeline, read__superseded_by=None, read__extra=False)
    rows = asked.exclude(contradiction="").annotate(truth=Subquery(truth.values("value")[:1]))
    effect = Effect()
    for contradiction, slug, outputs, value in rows.values_list(
        "contradiction", "finding__slug", "read__prediction__outputs", "truth"
    ):
        answer = "kept" if contradiction == Contradiction.KEPT else "changed"
        name = f"{answer}_{_model_was(contradicted_value(outputs.get(slug)), value)}"
        setattr(effect, name, getattr(effect, name) + 1)
    return effect


def _model_was(against: str | None, truth: float | None) -> str:
    """right, wrong or unknown, for the model: it was wrong if the answer that it contradicted is true."""
    if against is None or truth not in (TRI["absent"], TRI["present"]):
        return "unknown"
    return "wrong" if truth == TRI[against] else "right"
