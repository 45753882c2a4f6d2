"""Preparing an import on a page or by REST: look through it, decide, carry it out."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from overread.accounts.models import User
from overread.api.bodies import NUL
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.services import job_cancel
from overread.projects.models import Project
from training.datasets.errors import DatasetError
from training.datasets.layouts import LAYOUTS
from training.datasets.options import Options
from training.jobs import draft_jobs, import_request, survey_request
from training.models import DatasetDraft
from training.services.data_set_files import folder_allowed, zip_check

State = DatasetDraft.State
ASKED_EVERY = 500  # images between two looks at whether the job goes on
TABLES = (".csv", ".tsv", ".txt")


@transaction.atomic
def draft_make(
    *, project: Project, actor: User, layout: str, folder: str = "", upload: File[bytes] | None = None, table: str = ""
) -> DatasetDraft:
    """Begin an import from a folder that the operator allows, or from a zip, and have it looked through.

    Raises ValidationError naming the field.
    """
    if layout not in LAYOUTS:
        raise ValidationError({"layout": _("Choose a layout.")})
    if bool(folder) == bool(upload):
        raise ValidationError({"folder": _("Choose a zip, or a folder that the operator allows.")})
    draft = DatasetDraft(project=project, layout=layout, created_by=actor, options={"table": table} if table else {})
    if folder:
        try:
            path = folder_allowed(folder)
        except DatasetError as error:
            raise ValidationError({"folder": str(error)}) from error
        draft.folder = str(path)
        draft.name = path.name[:200]
    else:
        assert upload is not None
        try:
            zip_check(upload)
        except DatasetError as error:
            raise ValidationError({"zip": str(error)}) from error
        draft.upload = default_storage.save(f"datasets/{uuid4()}.zip", upload)
        draft.name = str(upload.name or "data.zip")[-200:]
    draft.save()
    event_append(verb="dataset.draft", actor=actor, target=draft, project=project.pk, layout=layout)
    survey_request(draft=draft)
    return draft


@transaction.atomic
def draft_change(*, draft: DatasetDraft, actor: User, **changes: Any) -> DatasetDraft:
    """Decide how it is read, and have it looked through again. Raises ValidationError naming the field."""
    draft = _locked(draft)
    _check_waits(draft)
    for name, value in changes.items():
        setattr(draft, name, value)
    try:
        Options.of(draft.options)
    except (DatasetError, TypeError, ValueError) as error:
        raise ValidationError({"options": str(error)}) from error
    if NUL.search(json.dumps([draft.options, draft.mapping, draft.declaration])):
        raise ValidationError(_("A text holds the character NUL."))  # which PostgreSQL cannot store
    _begin(draft, State.LOOKING)
    survey_request(draft=draft)
    return draft


@transaction.atomic
def draft_import(*, draft: DatasetDraft, actor: User) -> DatasetDraft:
    """Carry it out. Raises ValidationError where it was not looked through, or something is still to be decided."""
    draft = _locked(draft)
    if draft.state != State.READY or draft.survey is None:
        raise ValidationError(draft.reason or _("It has to be looked through first."))
    if draft.survey["to_decide"]:
        raise ValidationError(list(draft.survey["to_decide"]))
    event_append(verb="dataset.begin", actor=actor, target=draft, project=draft.project_id)
    _begin(draft, State.IMPORTING)
    import_request(draft=draft)
    return draft


@transaction.atomic
def draft_remove(*, draft: DatasetDraft, actor: User) -> None:
    """Give an import up that was not carried out, and delete its zip. Raises ValidationError while it is going on."""
    draft = _locked(draft)
    if draft.state == State.IMPORTING:
        raise ValidationError(_("It is being imported. Withdraw it afterwards."))
    for job in draft_jobs(draft):
        job_cancel(job=job, actor=actor)
    event_append(verb="dataset.give_up", actor=actor, target=draft, project=draft.project_id)
    upload_delete(draft)
    draft.delete()


def draft_fail(job: Job) -> None:
    """What becomes of a draft whose job has died."""
    working = DatasetDraft.objects.filter(pk=job.arguments["draft"], state__in=[State.LOOKING, State.IMPORTING])
    working.update(state=State.FAILED, reason=_("The work on it failed: %s") % job.error[:500])


def drafts_forget() -> None:
    """Delete zips that nobody has gone on with for a while."""
    before = timezone.now() - timedelta(days=settings.DATASET_DAYS)
    for draft in DatasetDraft.objects.filter(changed_at__lt=before).exclude(upload="").exclude(state=State.IMPORTING):
        with transaction.atomic():
            upload_delete(draft)
            draft.state = State.FAILED
            draft.reason = _("Nobody went on with it, and its zip was deleted.")
            draft.save()


def _locked(draft: DatasetDraft) -> DatasetDraft:
    return DatasetDraft.objects.select_for_update(of=("self",)).select_related("project").get(pk=draft.pk)


def _check_waits(draft: DatasetDraft) -> None:
    if draft.state not in (State.READY, State.FAILED):
        raise ValidationError(_("It is being worked on. Wait until that is over."))
    if not (draft.folder or draft.upload):
        raise ValidationError(_("The uploaded file is no longer there. Upload it again."))


def _begin(draft: DatasetDraft, state: DatasetDraft.State) -> None:
    draft.state = state
    draft.reason = ""
    draft.round += 1
    draft.save()


def upload_delete(draft: DatasetDraft) -> None:
    """Delete the zip of a draft once this transaction is over; its row is to be saved."""
    if draft.upload:
        name = draft.upload
        draft.upload = ""
        transaction.on_commit(lambda: default_storage.delete(name))
