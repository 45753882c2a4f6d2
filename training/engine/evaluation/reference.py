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

    def checked_scores(self, scores: ArrayLike) -> Floats:
        """A model's scores as float64 (N, F). Raises ValueError unless they have the shape of the labels."""
        values = np.asarray(scores, dtype=np.float64)
        if values.shape != self.labels.shape:
            raise ValueError(f"Scores of shape {self.labels.shape} wanted, not {values.shape}")
        return values

    def aurocs(self, scores: Floats) -> tuple[Estimate, ...]:
        """The AUROC of each finding from scores (N, F), all over the same patients, so that they can be paired."""
        estimates = []
        for labels, values in zip(self.labels.T, scores.T, strict=True):
            estimates.append(auroc_estimate(labels, values, self.patients))
        return tuple(estimates)

    def groups(self) -> list[tuple[str, NDArray[np.bool_]]]:
        """Every declared subgroup as "name group" with the mask (N,) of its images, in declared order, then by name."""
        found = []
        for name, values in self.subgroups.items():
            # As text, so that a group given as a number sorts among the others. "" stands for unknown, in no group.
            of_image = np.array(
                ["" if value is None else str(value) for value in np.asarray(values, dtype=object)], str
            )
            for group in np.unique(of_image[of_image != ""]):
                found.append((f"{name} {group}", of_image == group))
        return found

    def of_images(self, images: NDArray[np.bool_]) -> ReferenceLabels:
        """The same findings on some of the images: a mask (N,). Without subgroups, which are not divided again."""
        return ReferenceLabels(self.findings, self.labels[images], self.patients[images])

    def only(self, images: NDArray[np.bool_]) -> ReferenceLabels:
        """The same findings and subgroups on some of the images: a mask (N,)."""
        subgroups = {name: np.asarray(values, dtype=object)[images] for name, values in self.subgroups.items()}
        return ReferenceLabels(self.findings, self.labels[images], self.patients[images], subgroups)

    def of_findings(self, findings: NDArray[np.bool_]) -> ReferenceLabels:
        """Some of the findings, a mask (F,), on the same images."""
        names = tuple(name for name, wanted in zip(self.findings, findings, strict=True) if wanted)
        return ReferenceLabels(names, self.labels[:, findings], self.patients, self.subgroups)
