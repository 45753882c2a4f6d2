"""The project's strategy, by its name.

A strategy of another library may fail. So it is tried before it is chosen, random order stands in for it, and the
project's people see why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from labeling.models import StrategyFailure
from labeling.selection import strategies
from labeling.selection.by_path import by_path
from labeling.selection.pool import FindingOutput, Picks, Pool
from overread.audit.services import event_append
from overread.projects.models import Project

WITHOUT_MODEL = ("random", "maxherding", "uherding", "k_center", "typiclust")
WITH_HEAD = ("bald", "dropquery")
PATH = re.compile(r"[a-z]\w*(\.[a-z]\w*)*:[a-z]\w*", re.ASCII | re.IGNORECASE)


class StrategyFailed(Exception):
    """Another library's strategy cannot be asked. The text says why."""


def strategy_check(name: str) -> None:
    """Raises ValidationError for an unknown name and for a dotted path that no worker may import. Imports nothing."""
    if ":" in name:
        if problem := _path_problem(name):
            raise ValidationError(problem)
    elif name not in strategies.names():
        raise ValidationError(_("There is no such strategy; choose one of %s.") % ", ".join(strategies.names()))


def _path_problem(path: str) -> str:
    """Why this dotted path is not followed; "" if it is.

    Workers run what it names as code, with their own rights. So a project's administrator chooses among the libraries in
    settings.STRATEGY_MODULES, and only the operator adds to that list. A path outside it is not even imported.
    """
    if not PATH.fullmatch(path):
        return _("%(path)s is not a dotted path: write one such as modAL.uncertainty:margin_sampling.") % {"path": path}
    module = path.partition(":")[0]
    if not any(f"{module}.".startswith(f"{allowed}.") for allowed in settings.STRATEGY_MODULES):
        told = {"path": path, "modules": ", ".join(settings.STRATEGY_MODULES)}
        return _("%(path)s is not in a library that this server allows for strategies (%(modules)s).") % told
    return ""


def strategy_of(name: str) -> strategies.Strategy:
    """A registered strategy by its name, or one of another library by its dotted path (module:name).

    One of another library raises StrategyFailed when it is called and cannot be imported or answers wrongly.
    """
    if ":" in name:
        return _borrowed(name)
    return strategies.get(name)


def _borrowed(path: str) -> strategies.Strategy:
    def strategy(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
        if problem := _path_problem(path):
            raise StrategyFailed(problem)
        try:
            return by_path(path)(pool, n, rng=rng)
        except Exception as error:  # noqa: BLE001  (another library's: whatever it raises, it cannot be asked)
            raise StrategyFailed(_sentence(path, error)) from error

    strategy.__name__ = path
    return strategy


def _sentence(path: str, error: Exception) -> str:
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, ValueError):
        said = str(error)
    if path not in said:
        said = _("%(path)s does not work here: %(why)s") % {"path": path, "why": said}
    return said[:500]  # another library may put a whole array into its message


class OrRandom:
    """Another library's strategy, replaced by random order as soon as it fails.

    failed: why it failed, "" if it worked, None before it is called.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.failed: str | None = None

    @property
    def __name__(self) -> str:
        return "random" if self.failed else self.path

    def __call__(self, pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
        if not self.failed:
            try:
                # On a copy of the generator, so that random order in its stead draws as it always does.
                picks = strategy_of(self.path)(pool, n, rng=deepcopy(rng))
            except StrategyFailed as failure:
                self.failed = str(failure)
            else:
                self.failed = ""
                return picks
        return strategies.get("random")(pool, n, rng=rng)


def strategy_for(name: str, pool: Pool | None) -> strategies.Strategy:
    """The strategy of this name, or random order if the pool lacks what it needs: outputs, or a head.

    One of another library turns into random order if it fails.
    """
    random = strategies.get("random")
    if pool is None:
        return random
    if not pool.layout and name not in WITHOUT_MODEL:
        return random
    if pool.head is None and name in WITH_HEAD:
        return random
    if ":" in name:
        return OrRandom(name)
    return strategies.get(name)


def failure_of(strategy: strategies.Strategy) -> str | None:
    """Why a strategy from `strategy_for` failed: "" if it worked, None if it is one of our own."""
    if isinstance(strategy, OrRandom):
        return strategy.failed
    return None


def strategy_note(*, project: Project, failed: str | None) -> None:
    """Keep why and since when the project's strategy fails, in the caller's transaction.

    "" means that it works again: the failure is deleted. None changes nothing. The audit log gets the first failure only.
    """
    kept = StrategyFailure.objects.filter(project=project, strategy=project.strategy)
    if failed == "":
        kept.delete()
    elif failed and not kept.update(reason=failed):
        begun = {"strategy": project.strategy, "reason": failed, "since": timezone.now()}
        StrategyFailure.objects.update_or_create(project=project, defaults=begun)
        event_append(verb="strategy.fail", target=project, project=project.pk, strategy=project.strategy, reason=failed)


# Enough for a strategy that fits a classifier to see each class of a finding more than once.
ROWS = 40
LABELLED = 10


def strategy_try(name: str, layout: Sequence[FindingOutput]) -> None:
    """Try a strategy once on a few made-up images with these findings.

    It imports the other library, so it is for workers and commands only. Raises ValidationError for an unknown name,
    StrategyFailed if the strategy fails.
    """
    strategy_check(name)
    if ":" in name:  # the registered ones take every pool
        strategy_of(name)(_pool(tuple(layout)), 5, rng=np.random.default_rng(0))


def _pool(layout: tuple[FindingOutput, ...]) -> Pool:
    """Forty images of which the last ten are labelled, every finding with each of its answers."""
    rng = np.random.default_rng(0)
    numbers = np.arange(LABELLED)
    outputs = []
    labels = []
    for output in layout:
        classes = max(output.columns, 2)
        outputs.append(rng.dirichlet(np.ones(classes), ROWS)[:, : output.columns])
        labels.append(numbers % classes)
    return Pool(
        np.hstack(outputs),
        layout,
        embeddings=rng.normal(size=(ROWS, 8)).astype(np.float16),
        labelled=ROWS - LABELLED + numbers,
        labels=np.stack(labels, axis=1).astype(float),
    )
