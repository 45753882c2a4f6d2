"""Which labels of an import contradict what was said of the same images before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from labeling.models import ImportedLabel, LabelImport
from labeling.services.imports import labels_contradicted
from labeling.values import is_same_answer
from training.services.import_types import Incoming, Progress, Stored


def contradicting_nothing(
    progress: Progress, labels: LabelImport, stored: Sequence[Stored], refused: list[Incoming]
) -> list[Stored]:
    """Those that contradict nothing; the others are added to `refused`."""
    values = _earlier_here(labels, stored)
    agreed = []
    for each in stored:
        said = {slug: answer.value for slug, answer in each.incoming.answers.items()}
        here = values.setdefault(each.image.pk, {})
        differing = _differing(progress, here, said)
        if differing:
            refused.append(each.incoming.refused(_same_image(progress, differing)))
            continue
        here.update(said)
        agreed.append(each)
    elsewhere = labels_contradicted(source=labels, values=values)
    if progress.replace:
        progress.counts.replaced += sum(len(earlier) for earlier in elsewhere.values())
        return agreed
    kept = []
    for each in agreed:
        contradicted = elsewhere.get(each.image.pk)
        if contradicted:
            refused.append(each.incoming.refused(_other_import(contradicted)))
        else:
            kept.append(each)
    return kept


def _differing(progress: Progress, here: Mapping[str, str], said: Mapping[str, str]) -> list[str]:
    """The findings of which the same image is said to be something else."""
    return [
        slug
        for slug, value in said.items()
        if slug in here and not is_same_answer(progress.findings[slug], here[slug], value)
    ]


def _earlier_here(source: LabelImport, stored: Sequence[Stored]) -> dict[UUID, dict[str, str]]:
    """What earlier rows of this import say of the same images."""
    found: dict[UUID, dict[str, str]] = {}
    labels = ImportedLabel.objects.filter(source=source, image__in=[each.image for each in stored])
    for image, slug, value in labels.values_list("image_id", "finding__slug", "value"):
        found.setdefault(image, {})[slug] = value
    return found


def _same_image(progress: Progress, differing: Sequence[str]) -> str:
    names = ", ".join(progress.findings[slug].name for slug in differing)
    return f"The same image stands on an earlier line, which says otherwise of {names}."


def _other_import(contradicted: Mapping[str, ImportedLabel]) -> str:
    label = next(iter(contradicted.values()))
    return (
        f"The import {label.source.name} of {label.source.created_at:%Y-%m-%d} says {label.value} of {label.finding.name}. "
        "Withdraw that import, or import with replace, so that the newest counts."
    )
