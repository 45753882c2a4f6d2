"""What a model's attention maps are worth, finding by finding, beside maps drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from frontend.pages.model.gate import finding_name
from inference.models import ModelVersion


@dataclass(frozen=True)
class AttentionRow:
    """Means over so many cases. None: there was no box. `deletion` is better the lower, `insertion` and `pointing` the higher."""

    name: str
    cases: int
    deletion: float
    deletion_random: float
    insertion: float
    insertion_random: float
    pointing: float | None
    pointing_random: float | None


def attention_rows(version: ModelVersion, names: Mapping[str, str]) -> list[AttentionRow]:
    """Empty for a model of before there were these figures."""
    rows = []
    for slug, figures in version.card["facts"].get("attention", {}).items():
        rows.append(
            AttentionRow(
                name=finding_name(slug, names),
                cases=int(figures["cases"]),
                deletion=figures["deletion"],
                deletion_random=figures["deletion_random"],
                insertion=figures["insertion"],
                insertion_random=figures["insertion_random"],
                pointing=figures.get("pointing"),
                pointing_random=figures.get("pointing_random"),
            )
        )
    return rows
