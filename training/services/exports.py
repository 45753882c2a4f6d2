"""Asking for an export, downloading it, and deleting what is old. `export_files` writes the file, in a worker."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inference.models import Exposure, Prediction
from labeling.models import AnswersSeen, Read
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.projects.models import Project
from training.exports.scope import Filters
from training.jobs import export_enqueue
from training.models import Export

__all__ = ["export_download", "export_fail", "export_may_leave", "export_request", "exports_expire"]

BATCH = 5_000  # rows that are inserted at once


@transaction.atomic
def export_request(*, project: Project, asked_by: User, kind: str, format: str, filters: Filters) -> Export:
    """Ask for a file. The same one that is still being made for the same person is returned as it is.

    Raises NotExported, which says what cannot be exported and why.
    """
    from training.exports.scope import Scope
    from training.exports.writing import Plan  # Arrow is loaded where somebody exports, not in every process

    reads = asked_by.has_perm("labeling.read", project)
    Plan(Scope(project, filters, asked_by if reads else None), kind, format).check()
    asked = {"project": project, "kind": kind, "format": format, "filters": dict(filters), "for_reader": reads}
    # Two clicks at once stand in line here; the second finds the first one's export.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    for waiting in Export.objects.filter(asked_by=asked_by, state__in=Export.ACTIVE, project=project):
        if all(getattr(waiting, name) == value for name, value in asked.items()):
            return waiting
    export = Export.objects.create(asked_by=asked_by, **asked)
    event_append(verb="export.ask", actor=asked_by, target=export, project=project.pk, kind=kind, format=format)
    export_enqueue(export=export)
    return export


def export_may_leave(*, export: Export, user: User) -> bool:
    """Whether this user may download it. Whoever reads in the project gets only what was made for them as a reader."""
    if not user.has_perm("labeling.read", export.project):
        return True
    return export.for_reader and export.asked_by_id == user.pk


@transaction.atomic
def export_download(*, export: Export, user: User) -> None:
    """Record that the file leaves, and what its reader has then seen, before it does. Raises PermissionDenied."""
    if not export_may_leave(export=export, user=user):
        raise PermissionDenied(_("You read in this project: ask for an export of your own."))
    event_append(verb="export.download", actor=user, target=export, project=export.project_id, sha256=export.sha256)
    if export.kind == "scores":
        _predictions_seen(export.project, user)
    else:
        _answers_seen(export.project, user)


def _answers_seen(project: Project, user: User) -> None:
    """An answer that this user gives from now on is not independent of the others'."""
    others = Read.objects.filter(project=project).exclude(reader=user)
    others = others.exclude(image__in=AnswersSeen.objects.filter(user=user).values("image"))
    images = others.order_by("image").values_list("image", flat=True).distinct()
    rows = (AnswersSeen(user=user, image_id=image) for image in images.iterator(chunk_size=BATCH))
    while batch := list(islice(rows, BATCH)):
        AnswersSeen.objects.bulk_create(batch, ignore_conflicts=True)


def _predictions_seen(project: Project, user: User) -> None:
    shown = Prediction.objects.filter(pipeline__project=project).exclude(exposures__user=user)
    told = shown.values_list("pk", "image").iterator(chunk_size=BATCH)
    rows = (Exposure(user=user, image_id=image, prediction_id=pk) for pk, image in told)
    while batch := list(islice(rows, BATCH)):
        Exposure.objects.bulk_create(batch, ignore_conflicts=True)


def export_fail(job: Job) -> None:
    """Mark the export of a failed job as failed, with the job's error."""
    active = Export.objects.filter(pk=job.arguments["export"], state__in=Export.ACTIVE)
    active.update(state=Export.State.FAILED, reason=job.error, finished_at=timezone.now())


def exports_expire() -> int:
    """Delete the files that are older than EXPORT_DAYS, and the parts of those that failed. Returns how many."""
    before = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
    old = Export.objects.filter(finished_at__lt=before, state__in=[Export.State.READY, Export.State.FAILED])
    count = 0
    for export in old[:100]:
        _delete(export)
        Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED)
        count += 1
    return count


def _delete(export: Export) -> None:
    from training.exports.parts import Parts

    Parts(default_storage, export.parts_folder).clear()
    default_storage.delete(export.storage_name)
