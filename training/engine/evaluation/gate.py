"""Champion against challenger on the reference set; a first model against declared minima."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from training.engine.evaluation import checks
from training.engine.evaluation.comparison import ModelComparison
from training.engine.evaluation.estimate import Estimate
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels
from training.engine.evaluation.report import FindingAurocs, GateReport


def judge(
    policy: GatePolicy,
    reference: ReferenceLabels,
    champion_scores: ArrayLike | None,
    challenger_scores: ArrayLike,
) -> GateReport:
    """Every demand of the policy, checked on the same images for both models; the same answer every time.

    scores (N, F): each model's probability of each finding on each reference image, none left out. With no champion the
    challenger is a project's first model and held against the minima; so it is on a finding that the champion does not
    answer, whose column of its scores is NaN. Passed means that no check blocks: none failed,
    and the primary endpoint could be judged. Raises ValueError for scores that do not fit the reference set.
    """
    champion = None if champion_scores is None else reference.scores(champion_scores)
    challenger = reference.scores(challenger_scores)
    asked = np.ones(len(reference.findings), bool)
    both = asked if champion is None else np.asarray(~np.isnan(champion).all(axis=0), bool)
    comparison = ModelComparison(
        policy, reference.of(both), None if champion is None else champion[:, both], challenger[:, both]
    )
    added = ModelComparison(policy, reference.of(~both), None, challenger[:, ~both])
    made = (
        checks.primary(comparison),
        *checks.by_finding(comparison),
        *checks.by_finding(added),
        *checks.precision(comparison),
        *checks.calibration(comparison),
        *checks.calibration(added),
        *checks.subgroups(comparison),
    )
    return GateReport(
        passed=not any(check.blocks for check in made),
        checks=made,
        figures=_figures(comparison) + _figures(added),
        images=len(reference.labels),
        patients=len(set(reference.patients.tolist())),
        policy=policy,
    )


def _figures(comparison: ModelComparison) -> tuple[FindingAurocs, ...]:
    confidence = comparison.policy.confidence
    before: Sequence[Estimate | None] = comparison.champion_aurocs or [None] * len(comparison.challenger_aurocs)
    return tuple(
        FindingAurocs(
            finding=finding,
            positives=now.positives,
            negatives=now.negatives,
            champion=None if was is None else was.interval(confidence),
            challenger=now.interval(confidence),
        )
        for finding, was, now in zip(comparison.reference.findings, before, comparison.challenger_aurocs, strict=True)
    )
