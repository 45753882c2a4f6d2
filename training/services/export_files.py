"""Writing the file of an export: the job."""

from __future__ import annotations

import tempfile

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from overread.jobs.running import JobRefused, Lease
from training.exports.parts import Parts
from training.exports.scope import Scope
from training.exports.writing import NotExported, Plan, export_write
from training.models import Export


def export_make(*, export: Export, lease: Lease) -> None:
    """Write the file into the storage, in parts first, so that a worker that takes over goes on from the last."""
    reader = export.asked_by if export.for_reader else None
    plan = Plan(Scope(export.project, export.filters, reader), export.kind, export.format)
    try:
        plan.check()  # a finding or a model may have gone since it was asked for
    except NotExported as refusal:
        raise JobRefused(str(refusal)) from refusal
    parts = Parts(default_storage, export.parts_folder)
    row = Export.objects.filter(pk=export.pk)
    row.update(state=Export.State.WRITING)

    def told(rows: int) -> None:
        lease.progress(rows=rows)
        row.update(rows=rows)

    with tempfile.TemporaryFile() as file:
        written = export_write(plan, parts, file, told)
        file.seek(0)
        default_storage.save(export.storage_name, File(file))
    with lease.finishing():
        row.update(
            state=Export.State.READY,
            rows=written.rows,
            bytes=written.bytes,
            sha256=written.sha256,
            reason="",
            finished_at=timezone.now(),
        )
    parts.clear()
