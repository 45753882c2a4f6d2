"""The gate's checks, one function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

import numpy as np
from numpy.typing import NDArray

from training.engine.evaluation import outcomes
from training.engine.evaluation.abstention import share_with_finding
from training.engine.evaluation.calibration import calibration_error
from training.engine.evaluation.comparison import ModelComparison
from training.engine.evaluation.estimate import Estimate, change, mean
from training.engine.evaluation.outcomes import CheckOutcome
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.precision import average_precision_difference
from training.engine.evaluation.reference import ReferenceLabels
from training.engine.evaluation.report import Check


def primary(models: ModelComparison) -> Check:
    """The declared endpoint: macro AUROC over the findings that can be judged. It blocks when it cannot be judged."""
    outcome = _macro_of_all(models)
    return _check(models, "primary", outcome, essential=True)


def by_finding(models: ModelComparison) -> Iterator[Check]:
    """AUROC of each finding: no larger drop than the margin. A first model's lower limit reaches the minimum."""
    for index, finding in enumerate(models.reference.findings):
        yield _check(models, "auroc", _auroc_of_finding(models, index), finding=finding)


def precision(models: ModelComparison) -> Iterator[Check]:
    """Average precision of each judged finding: no larger drop than the margin, by bootstrap of patients.

    A first model has none of these checks: there is nothing its precision could have dropped from.
    """
    if models.champion is None:
        return
    policy = models.policy
    reference = models.reference
    for index in models.judged:
        difference = average_precision_difference(
            reference.labels[:, index],
            models.champion[:, index],
            models.challenger[:, index],
            reference.patients,
            **policy.bootstrap,
        )
        finding = reference.findings[index]
        subject = outcomes.subject("average precision", finding)
        outcome = outcomes.no_drop(subject, difference, policy.precision_margin)
        yield _check(models, "precision", outcome, finding=finding)


def calibration(models: ModelComparison) -> Iterator[Check]:
    """Calibration error of each judged finding: the value itself stays within the limit."""
    policy = models.policy
    reference = models.reference
    for index in models.judged:
        error = calibration_error(
            reference.labels[:, index], models.challenger[:, index], reference.patients, **policy.bootstrap
        )
        finding = reference.findings[index]
        subject = outcomes.subject("calibration error", finding)
        outcome = outcomes.within(subject, error, policy.calibration_limit)
        yield _check(models, "calibration", outcome, finding=finding)


def subgroups(models: ModelComparison) -> Iterator[Check]:
    """Macro AUROC in each declared subgroup, over the findings that can be judged there: no larger drop than the margin.

    A first model must not be shown to be below its minimum: subgroups are small, and few would reach a lower limit.
    """
    for group, images in models.reference.groups():
        outcome = _macro_of_group(models.of_images(images), group)
        yield _check(models, "subgroup", outcome, group=group)


def abstention(policy: GatePolicy, reference: ReferenceLabels, refused: NDArray[np.bool_]) -> Iterator[Check]:
    """Images with a finding that the challenger (refused: (N,)) leaves without a prediction: no more than the limit.

    There is no such check of a model that answers every image.
    """
    if not refused.any():
        return
    share = share_with_finding(reference.labels, refused, policy.confidence)
    if share is None:
        return
    outcome = outcomes.within("images with a finding left without a prediction", share, policy.abstention_limit)
    yield _check_of(policy, "abstention", outcome)


def _auroc_of_finding(models: ModelComparison, index: int) -> CheckOutcome:
    policy = models.policy
    finding = models.reference.findings[index]
    challenger = models.challenger_aurocs[index]
    if not models.enough(challenger):
        limit = policy.finding_margin
        if models.champion is None:
            limit = policy.minimum_finding
        return outcomes.too_few(finding, challenger, limit, policy)
    subject = outcomes.subject("AUROC", finding)
    if models.champion_aurocs is None:
        return outcomes.at_least(subject, challenger.interval(policy.confidence), policy.minimum_finding)
    difference = change(models.champion_aurocs[index], challenger, policy.confidence)
    return outcomes.no_drop(subject, difference, policy.finding_margin)


def _macro_of_all(models: ModelComparison) -> CheckOutcome:
    policy = models.policy
    subject = _macro_subject(models, None)
    if not models.judged:
        return outcomes.none_judged(subject, _macro_limit(models, policy.primary_margin), policy)
    challenger = _mean(models, models.challenger_aurocs)
    if models.champion_aurocs is None:
        return outcomes.at_least(subject, challenger.interval(policy.confidence), policy.minimum_macro)
    difference = change(_mean(models, models.champion_aurocs), challenger, policy.confidence)
    if policy.primary == "superiority":
        return outcomes.superior(subject, difference)
    return outcomes.no_drop(subject, difference, policy.primary_margin)


def _macro_of_group(models: ModelComparison, group: str) -> CheckOutcome:
    policy = models.policy
    subject = _macro_subject(models, group)
    if not models.judged:
        return outcomes.none_judged(subject, _macro_limit(models, policy.subgroup_margin), policy)
    challenger = _mean(models, models.challenger_aurocs)
    if models.champion_aurocs is None:
        return outcomes.not_below(subject, challenger.interval(policy.confidence), policy.minimum_macro)
    difference = change(_mean(models, models.champion_aurocs), challenger, policy.confidence)
    return outcomes.no_drop(subject, difference, policy.subgroup_margin)


def _macro_subject(models: ModelComparison, group: str | None) -> str:
    return outcomes.macro_subject(len(models.judged), len(models.reference.findings), group)


def _macro_limit(models: ModelComparison, margin: float) -> float:
    """What macro AUROC is held against: the minimum of a first model, or the margin below the champion."""
    if models.champion is None:
        return models.policy.minimum_macro
    return margin


def _mean(models: ModelComparison, aurocs: tuple[Estimate, ...]) -> Estimate:
    # Over the findings judged on the challenger for both models: the two means are of the same findings.
    return mean([aurocs[index] for index in models.judged])


def _check(
    models: ModelComparison,
    name: str,
    outcome: CheckOutcome,
    *,
    finding: str | None = None,
    group: str | None = None,
    essential: bool = False,
) -> Check:
    return _check_of(models.policy, name, outcome, finding=finding, group=group, essential=essential)


def _check_of(
    policy: GatePolicy,
    name: str,
    outcome: CheckOutcome,
    *,
    finding: str | None = None,
    group: str | None = None,
    essential: bool = False,
) -> Check:
    """The outcome as a row of the report, with whether it keeps the gate shut."""
    undecided = outcome.passed is None
    undecided_blocks = essential or policy.too_few_blocks
    return Check(
        name=name,
        finding=finding,
        group=group,
        passed=outcome.passed,
        blocks=outcome.passed is False or (undecided and undecided_blocks),
        value=_known(outcome.interval.value),
        low=_known(outcome.interval.low),
        high=_known(outcome.interval.high),
        limit=outcome.limit,
        sentence=outcome.sentence,
    )


def _known(value: float) -> float | None:
    """None for NaN, which JSON does not have."""
    if isnan(value):
        return None
    return value
