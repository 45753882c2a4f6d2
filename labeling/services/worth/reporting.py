"""Making a report. For workers only: it fits some hundreds of scouts."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.db import transaction

from inference.queries import champion_of
from labeling.models import Selection, WorthReport
from labeling.selection.worth.verdict import Worth, worth
from labeling.services.selection.strategy import StrategyFailed, strategy_of
from labeling.services.worth.gathering import material_of
from labeling.services.worth.requests import comparable
from overread.audit.services import event_append
from overread.events import announce
from overread.jobs.running import JobRefused, Lease
from overread.projects.events import PolicyChanged
from overread.projects.models import Project

# What random order is compared with where a project has never had another: the default strategy.
CANDIDATE = "uherding"


def worth_report(*, project: Project, lease: Lease | None = None, seed: int | None = None) -> WorthReport | None:
    """Compare the project's strategy with random order on the labels there are, and store the result.

    The same material gives the same report, and is stored once. The seed follows from the material unless given. If the
    strategy is worse and the project's policy says so, random order comes into force in the same transaction. Returns None
    if no model has embedded the images yet, or all findings are measurements. Raises JobRefused if the strategy fails.
    """
    made = None
    if comparable(project):
        try:
            made = _made(project, seed)
        except StrategyFailed as failure:
            raise JobRefused(str(failure)) from failure
    with lease.finishing() if lease else transaction.atomic():
        if made is None:
            return None
        return _keep(project, made)


def _made(project: Project, seed: int | None) -> WorthReport:
    """A report that is not stored yet, or the stored one that was made of the same material."""
    pipeline = champion_of(project)
    assert pipeline is not None, "comparable() was asked first"
    strategy = compared(project)
    material = material_of(project, pipeline, strategy)
    sha256 = material.sha256(strategy)
    if seed is None:
        seed = int(sha256[:12], 16)  # 48 bits, which JSON and a signed column both hold exactly
    if same := WorthReport.objects.filter(project=project, inputs_sha256=sha256, seed=seed).first():
        return same
    found = worth(
        material.data,
        material.sample,
        material.seconds,
        strategy=strategy_of(strategy),
        learner=material.learner,
        seed=seed,
    )
    return WorthReport(
        project=project,
        strategy=strategy,
        verdict=found.verdict,
        result=as_json(found),
        labels=material.labels,
        inputs_sha256=sha256,
        seed=seed,
    )


def compared(project: Project) -> str:
    """The strategy that is compared with random order: the one in force, or the last one if random order is in force."""
    if project.strategy != "random":
        return project.strategy
    others = Selection.objects.filter(project=project).exclude(strategy="random").order_by("-created_at")
    return others.values_list("strategy", flat=True).first() or CANDIDATE


def as_json(found: Worth) -> dict[str, Any]:
    """The result as JSON, an unknown number as null."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(found)), parse_constant=lambda _unknown: None)
    return plain


def _keep(project: Project, made: WorthReport) -> WorthReport:
    if not made._state.adding:
        return made
    # Locked and read again: the strategy may have been changed while the report was made.
    standing = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    made.fell_back = (
        made.verdict == WorthReport.Verdict.WORSE
        and standing.fall_back_to_random
        and standing.strategy == made.strategy
    )
    made.save()
    event_append(verb="worth.report", target=made, project=project.pk, verdict=made.verdict, strategy=made.strategy)
    if made.fell_back:
        _fall_back(standing, made)
    return made


def _fall_back(project: Project, report: WorthReport) -> None:
    """Put random order in force, by the project's policy."""
    changed = {"strategy": [project.strategy, "random"]}
    project.strategy = "random"
    project.save(update_fields=["strategy"])
    event_append(verb="worth.fall_back", target=report, project=project.pk, changed=changed)
    announce(PolicyChanged(project.pk, frozenset(changed)))
