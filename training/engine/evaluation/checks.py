"""The gate's checks, one function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from training.engine.evaluation import outcomes
from training.engine.evaluation.calibration import calibration_error
from training.engine.evaluation.comparison import ModelComparison
from training.engine.evaluation.estimate import Estimate, change, mean
from training.engine.evaluation.outcomes import CheckOutcome
from training.engine.evaluation.precision import average_precision_difference
from training.engine.evaluation.report import Check


def primary(models: ModelComparison) -> Check:
    """The declared endpoint: macro AUROC over the findings that can be judged. It blocks when it cannot be judged."""
    return _check(models, "primary", _macro(models, models.policy.primary_margin), essential=True)


def by_finding(models: ModelComparison) -> Iterator[Check]:
    """AUROC of each finding: no larger drop than the margin; a first model's lower limit above its minimum."""
    policy = models.policy
    for i, finding in enumerate(models.reference.findings):
        now, subject = models.challenger_aurocs[i], outcomes.figure("AUROC", finding)
        if not models.enough(now):
            limit = policy.minimum_finding if models.champion is None else policy.finding_margin
            outcome = outcomes.too_few(finding, now, limit, policy)
        elif models.champion_aurocs is None:
            outcome = outcomes.at_least(subject, now.interval(policy.confidence), policy.minimum_finding)
        else:
            moved = change(models.champion_aurocs[i], now, policy.confidence)
            outcome = outcomes.no_drop(subject, moved, policy.finding_margin)
        yield _check(models, "auroc", outcome, finding=finding)


def precision(models: ModelComparison) -> Iterator[Check]:
    """Average precision of each judged finding: no larger drop than the margin, by bootstrap of patients."""
    if models.champion is None:
        return
    for i in models.judged:
        finding, scores = models.reference.findings[i], (models.champion[:, i], models.challenger[:, i])
        moved = average_precision_difference(
            models.reference.labels[:, i], *scores, models.reference.patients, **models.policy.bootstrap
        )
        outcome = outcomes.no_drop(outcomes.figure("average precision", finding), moved, models.policy.precision_margin)
        yield _check(models, "precision", outcome, finding=finding)


def calibration(models: ModelComparison) -> Iterator[Check]:
    """Calibration error of each judged finding: the value itself stays within the limit."""
    for i in models.judged:
        finding, scores = models.reference.findings[i], models.challenger[:, i]
        error = calibration_error(
            models.reference.labels[:, i], scores, models.reference.patients, **models.policy.bootstrap
        )
        outcome = outcomes.within(outcomes.figure("calibration error", finding), error, models.policy.calibration_limit)
        yield _check(models, "calibration", outcome, finding=finding)


def subgroups(models: ModelComparison) -> Iterator[Check]:
    """Macro AUROC in each declared group, over the findings that can be judged there: no larger drop than the margin;
    a first model is not shown to be below its minimum."""
    for group, images in models.reference.groups():
        outcome = _macro(models.only(images), models.policy.subgroup_margin, group)
        yield _check(models, "subgroup", outcome, group=group)


def _macro(models: ModelComparison, margin: float, group: str | None = None) -> CheckOutcome:
    """Macro AUROC of all images, or of one group's."""
    policy, limit = models.policy, models.policy.minimum_macro if models.champion is None else margin
    subject = outcomes.macro(len(models.judged), len(models.reference.findings), group)
    if not models.judged:
        return outcomes.none_judged(subject, limit, policy)
    now = _mean(models, models.challenger_aurocs)
    if models.champion_aurocs is None:
        rule = outcomes.at_least if group is None else outcomes.not_below
        return rule(subject, now.interval(policy.confidence), limit)
    moved = change(_mean(models, models.champion_aurocs), now, policy.confidence)
    if policy.primary == "superiority" and group is None:
        return outcomes.superior(subject, moved)
    return outcomes.no_drop(subject, moved, margin)


def _mean(models: ModelComparison, aurocs: tuple[Estimate, ...]) -> Estimate:
    return mean([aurocs[i] for i in models.judged])


def _check(
    models: ModelComparison,
    name: str,
    outcome: CheckOutcome,
    *,
    finding: str | None = None,
    group: str | None = None,
    essential: bool = False,
) -> Check:
    unsaid = outcome.passed is None and (essential or models.policy.too_few_blocks)
    value, low, high = (
        None if isnan(figure) else figure
        for figure in (outcome.interval.value, outcome.interval.low, outcome.interval.high)
    )
    return Check(
        name=name,
        finding=finding,
        group=group,
        passed=outcome.passed,
        blocks=outcome.passed is False or unsaid,
        value=value,
        low=low,
        high=high,
        limit=outcome.limit,
        sentence=outcome.sentence,
    )
