"""The reference set as the gate sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.engine.evaluation.delong import auroc_estimate
from training.engine.evaluation.estimate import Estimate, Floats


@dataclass(frozen=True)
class ReferenceLabels:
    """N images and what the project holds to be true of F findings.

    labels (N, F): 1, 0, or NaN where unknown or not counted; an option of a categorical finding is a column of its own.
    patients (N,): whose image it is. subgroups: by name ("sex", "view"), the group (N,) of each image, None or "" where
    it is not known. Raises ValueError where shapes disagree.
    """

    findings: tuple[str, ...]
    labels: Floats
    patients: NDArray[np.generic]
    subgroups: Mapping[str, ArrayLike] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.labels.ndim != 2 or self.labels.shape[1] != len(self.findings):
            raise ValueError(f"Labels of {len(self.findings)} findings wanted, not shape {self.labels.shape}")
        for name, rows in {"patients": self.patients, **self.subgroups}.items():
            if np.shape(rows) != (len(self.labels),):
                raise ValueError(f"{name}: one value for each of {len(self.labels)} images wanted")

    def scores(self, scores: ArrayLike) -> Floats:
        """A model's scores (N, F), checked to belong to these images and findings."""
        values = np.asarray(scores, dtype=np.float64)
        if values.shape != self.labels.shape:
            raise ValueError(f"Scores of shape {self.labels.shape} wanted, not {values.shape}")
        return values

    def aurocs(self, scores: Floats) -> tuple[Estimate, ...]:
        """The AUROC of each finding, all over the same patients."""
        columns = zip(self.labels.T, scores.T, strict=True)
        return tuple(auroc_estimate(labels, values, self.patients) for labels, values in columns)

    def groups(self) -> list[tuple[str, NDArray[np.bool_]]]:
        """Every declared subgroup as "name group" with its images (N,), in the order declared, then by name."""
        found = []
        for name, values in self.subgroups.items():
            of_image = np.asarray(values, dtype=object)
            known = sorted({str(value) for value in of_image if value is not None and value != ""})
            found += [(f"{name} {group}", np.array([str(value) == group for value in of_image])) for group in known]
        return found

    def only(self, images: NDArray[np.bool_]) -> ReferenceLabels:
        """The same findings on some of the images (N,)."""
        return ReferenceLabels(self.findings, self.labels[images], self.patients[images])

    def of(self, columns: NDArray[np.bool_]) -> ReferenceLabels:
        """Some of the findings (F,) on the same images."""
        names = tuple(name for name, wanted in zip(self.findings, columns, strict=True) if wanted)
        return ReferenceLabels(names, self.labels[:, columns], self.patients, self.subgroups)
