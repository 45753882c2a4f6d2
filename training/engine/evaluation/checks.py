"""The gate's checks, one function each, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from training.engine.evaluation import rulings
from training.engine.evaluation.calibration import calibration_error
from training.engine.evaluation.estimate import Estimate, change, mean
from training.engine.evaluation.pair import Pair
from training.engine.evaluation.precision import average_precision_difference
from training.engine.evaluation.rulings import Ruling
from training.engine.evaluation.verdict import Check


def primary(pair: Pair) -> Check:
    """The declared endpoint: macro AUROC over the findings that can be judged. It blocks when it cannot be judged."""
    return _check(pair, "primary", _macro(pair, pair.policy.primary_margin), essential=True)


def by_finding(pair: Pair) -> Iterator[Check]:
    """AUROC of each finding: no larger drop than the margin; a first model's lower limit above its minimum."""
    policy = pair.policy
    for i, finding in enumerate(pair.reference.findings):
        now, subject = pair.challenger_aurocs[i], rulings.figure("AUROC", finding)
        if not pair.enough(now):
            limit = policy.minimum_finding if pair.champion is None else policy.finding_margin
            ruling = rulings.too_few(finding, now, limit, policy)
        elif pair.champion_aurocs is None:
            ruling = rulings.at_least(subject, now.interval(policy.confidence), policy.minimum_finding)
        else:
            moved = change(pair.champion_aurocs[i], now, policy.confidence)
            ruling = rulings.no_drop(subject, moved, policy.finding_margin)
        yield _check(pair, "auroc", ruling, finding=finding)


def precision(pair: Pair) -> Iterator[Check]:
    """Average precision of each judged finding: no larger drop than the margin, by bootstrap of patients."""
    if pair.champion is None:
        return
    for i in pair.judged:
        finding, scores = pair.reference.findings[i], (pair.champion[:, i], pair.challenger[:, i])
        moved = average_precision_difference(
            pair.reference.labels[:, i], *scores, pair.reference.patients, **pair.policy.bootstrap
        )
        ruling = rulings.no_drop(rulings.figure("average precision", finding), moved, pair.policy.precision_margin)
        yield _check(pair, "precision", ruling, finding=finding)


def calibration(pair: Pair) -> Iterator[Check]:
    """Calibration error of each judged finding: the value itself stays within the limit."""
    for i in pair.judged:
        finding, scores = pair.reference.findings[i], pair.challenger[:, i]
        error = calibration_error(pair.reference.labels[:, i], scores, pair.reference.patients, **pair.policy.bootstrap)
        ruling = rulings.within(rulings.figure("calibration error", finding), error, pair.policy.calibration_limit)
        yield _check(pair, "calibration", ruling, finding=finding)


def subgroups(pair: Pair) -> Iterator[Check]:
    """Macro AUROC in each declared group, over the findings that can be judged there: no larger drop than the margin;
    a first model is not shown to be below its minimum."""
    for group, images in pair.reference.groups():
        ruling = _macro(pair.only(images), pair.policy.subgroup_margin, group)
        yield _check(pair, "subgroup", ruling, group=group)


def _macro(pair: Pair, margin: float, group: str | None = None) -> Ruling:
    """Macro AUROC of all images, or of one group's."""
    policy, limit = pair.policy, pair.policy.minimum_macro if pair.champion is None else margin
    subject = rulings.macro(len(pair.judged), len(pair.reference.findings), group)
    if not pair.judged:
        return rulings.none_judged(subject, limit, policy)
    now = _mean(pair, pair.challenger_aurocs)
    if pair.champion_aurocs is None:
        rule = rulings.at_least if group is None else rulings.not_below
        return rule(subject, now.interval(policy.confidence), limit)
    moved = change(_mean(pair, pair.champion_aurocs), now, policy.confidence)
    if policy.primary == "superiority" and group is None:
        return rulings.superior(subject, moved)
    return rulings.no_drop(subject, moved, margin)


def _mean(pair: Pair, aurocs: tuple[Estimate, ...]) -> Estimate:
    return mean([aurocs[i] for i in pair.judged])


def _check(
    pair: Pair,
    name: str,
    ruling: Ruling,
    *,
    finding: str | None = None,
    group: str | None = None,
    essential: bool = False,
) -> Check:
    unsaid = ruling.passed is None and (essential or pair.policy.too_few_blocks)
    value, low, high = (
        None if isnan(figure) else figure
        for figure in (ruling.interval.value, ruling.interval.low, ruling.interval.high)
    )
    return Check(
        name=name,
        finding=finding,
        group=group,
        passed=ruling.passed,
        blocks=ruling.passed is False or unsaid,
        value=value,
        low=low,
        high=high,
        limit=ruling.limit,
        sentence=ruling.sentence,
    )
