"""That a project's strategy cannot be asked, kept where its people see it."""

from __future__ import annotations

from django.utils import timezone

from labeling.models import StrategyFailure
from overread.audit.services import event_append
from overread.projects.models import Project


def strategy_note(*, project: Project, failed: str | None) -> None:
    """Keep why the project's strategy cannot be asked, since when; "": it can, and what was kept is forgotten. None
    changes nothing. In the caller's transaction; the audit log is told when it begins.
    """
    kept = StrategyFailure.objects.filter(project=project, strategy=project.strategy)
    if failed == "":
        kept.delete()
    elif failed and not kept.update(reason=failed):
        begun = {"strategy": project.strategy, "reason": failed, "since": timezone.now()}
        StrategyFailure.objects.update_or_create(project=project, defaults=begun)
        event_append(verb="strategy.fail", target=project, project=project.pk, strategy=project.strategy, reason=failed)
