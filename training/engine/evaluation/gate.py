"""The gate: challenger against champion on the reference set, or a first model against declared minima."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from training.engine.evaluation import checks
from training.engine.evaluation.abstention import abstained
from training.engine.evaluation.comparison import ModelComparison
from training.engine.evaluation.estimate import Floats
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels
from training.engine.evaluation.report import FindingAurocs, GateReport


def judge(
    policy: GatePolicy,
    reference: ReferenceLabels,
    champion_scores: ArrayLike | None,
    challenger_scores: ArrayLike,
) -> GateReport:
    """Check every demand of the policy on the same images for both models. The same input gives the same report.

    scores (N, F): each model's probability (0 to 1) of each finding on each reference image. The row of an image that a
    model abstains from is NaN; models are compared on the images that both answer, and what the challenger leaves out is a
    check of its own. Without a champion the challenger is a project's first model and is held against the minima. The same
    holds for a finding that the champion does not answer: its column of the champion's scores is NaN. Passed means that no
    check blocks: none failed, and the primary endpoint could be judged. Raises ValueError for scores that do not
    fit the reference set.
    """
    challenger = reference.checked_scores(challenger_scores)
    champion = None
    if champion_scores is not None:
        champion = reference.checked_scores(champion_scores)
    refused = abstained(challenger)
    answered = ~refused
    if champion is not None:
        answered &= ~abstained(champion)
        champion = champion[answered]
    comparison, added = _comparisons(policy, reference.only(answered), champion, challenger[answered])
    # In the order of the page. A finding that the champion does not answer has no precision to drop from, and stays out
    # of the primary endpoint and the subgroups: these compare the models on the same findings.
    results = (
        checks.primary(comparison),
        *checks.by_finding(comparison),
        *checks.by_finding(added),
        *checks.precision(comparison),
        *checks.calibration(comparison),
        *checks.calibration(added),
        *checks.subgroups(comparison),
        *checks.abstention(policy, reference, refused),
    )
    return GateReport(
        passed=not any(check.blocks for check in results),
        checks=results,
        figures=_finding_aurocs(comparison) + _finding_aurocs(added),
        images=len(reference.labels),
        patients=len(set(reference.patients.tolist())),
        policy=policy,
        abstained=int(refused.sum()),
    )


def _comparisons(
    policy: GatePolicy, reference: ReferenceLabels, champion: Floats | None, challenger: Floats
) -> tuple[ModelComparison, ModelComparison]:
    """The findings that both models answer (all of them for a first model), and those the champion does not answer."""
    both = np.ones(len(reference.findings), bool)
    if champion is not None and len(champion):
        both = np.asarray(~np.isnan(champion).all(axis=0), bool)
        champion = champion[:, both]
    comparison = ModelComparison(policy, reference.of_findings(both), champion, challenger[:, both])
    added = ModelComparison(policy, reference.of_findings(~both), None, challenger[:, ~both])
    return comparison, added


def _finding_aurocs(comparison: ModelComparison) -> tuple[FindingAurocs, ...]:
    """The rows of the report's table."""
    confidence = comparison.policy.confidence
    rows = []
    for index, finding in enumerate(comparison.reference.findings):
        challenger = comparison.challenger_aurocs[index]
        champion = None
        if comparison.champion_aurocs is not None:
            champion = comparison.champion_aurocs[index].interval(confidence)
        rows.append(
            FindingAurocs(
                finding=finding,
                positives=challenger.positives,
                negatives=challenger.negatives,
                champion=champion,
                challenger=challenger.interval(confidence),
            )
        )
    return tuple(rows)
