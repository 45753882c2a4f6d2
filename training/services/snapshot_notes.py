"""What is to be said of the labels of a snapshot: which were left out, which look wrong, and why there may be nothing to learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypedDict

import numpy as np

from labeling.queries.labels import TrainingLabel
from labeling.values import answer_words
from overread.projects.models import Finding, Project
from training.engine.outliers import outliers

NAMED = 5  # findings; of more, the rest is counted


class Notes(TypedDict):
    """`left_out`: finding slug → labels that do not fit it. `outliers`: finding slug → value → labels of a measurement."""

    left_out: dict[str, int]
    outliers: dict[str, dict[str, int]]


def unfit_counts(labels: Iterable[Mapping[str, TrainingLabel]]) -> dict[str, int]:
    """Finding slug → how many labels of these images its finding refuses."""
    counts: Counter[str] = Counter()
    for of_image in labels:
        counts.update(slug for slug, label in of_image.items() if not label.fits)
    return dict(sorted(counts.items()))


def outlier_counts(project: Project, labels: Iterable[Mapping[str, float]]) -> dict[str, dict[str, int]]:
    """Finding slug → value → how often: the measurements far outside the others of their finding."""
    slugs = project.findings.filter(kind=Finding.Kind.MEASUREMENT).values_list("slug", flat=True)
    values: dict[str, list[float]] = {slug: [] for slug in slugs}
    for of_image in labels:
        for slug in values.keys() & of_image.keys():
            values[slug].append(of_image[slug])
    found = {}
    for slug, measured in values.items():
        far = Counter(f"{value:.10g}" for value in outliers(np.array(measured)).tolist())
        if far:
            found[slug] = dict(far)
    return found


def unlearnable_words(project: Project, training: Mapping[str, set[float]], left_out: Mapping[str, int]) -> str:
    """Why nothing can be learned of each finding. `training`: finding slug → its distinct labels in the training split."""
    told = []
    for finding in project.findings.all():
        values = training.get(finding.slug, set())
        if not values:
            reason = f"{finding.name}: no label among the training images"
        elif len(values) == 1:
            reason = f"{finding.name}: every label among the training images is {answer_words(finding, *values)}"
        else:
            continue
        if finding.slug in left_out:
            reason += f" ({left_out[finding.slug]} left out that do not fit it)"
        told.append(reason)
    rest = len(told) - NAMED
    if rest > 0:
        told[NAMED:] = [f"and {rest} more findings alike"]
    return "; ".join(told)
