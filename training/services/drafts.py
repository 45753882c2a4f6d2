"""Preparing an import on a page or by REST: look through it, decide, carry it out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
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
from overread.jobs.running import Lease
from overread.projects.models import Project
from training.datasets.errors import DatasetError
from training.datasets.guessing import TableGuess, table_guess
from training.datasets.layouts import LAYOUTS
from training.datasets.options import Options, Source, source_inside
from training.jobs import import_request, survey_request
from training.models import DatasetDraft
from training.services.data_set_files import folder_allowed, unpacked, zip_check
from training.services.import_types import UNDECLARED, Declaration, ImportCounts
from training.services.importing import data_set_import, findings_for_data_set
from training.services.opening import OpenDataset, data_set_open, finding_kinds
from training.services.surveying import data_set_survey

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
    event_append(verb="dataset.give_up", actor=actor, target=draft, project=draft.project_id)
    _delete_upload(draft)
    draft.delete()


def draft_look(*, draft: DatasetDraft, lease: Lease) -> None:
    """The job that looks a data set through."""
    guess = None
    told = None
    reason = ""
    try:
        with _source(draft) as source:
            guess, source = _guessed(draft, source)
            opened = _opened(draft, source)
            told = _plain(data_set_survey(opened, on_item=_beats(lease)))
            draft.options = source.options.stored()
    except (DatasetError, OSError) as error:
        reason = _words(error)
    with lease.finishing():
        draft.guess = guess
        draft.survey = told
        draft.reason = reason
        draft.state = State.READY if told is not None or guess is not None else State.FAILED
        draft.save()


def draft_carry_out(*, draft: DatasetDraft, lease: Lease) -> None:
    """The job that imports. One that is done again goes on where it stopped."""
    reason = ""
    counts = ImportCounts()
    try:
        with _source(draft) as source:
            opened = _opened(draft, source)
            findings_for_data_set(project=draft.project, opened=opened, actor=draft.created_by)
            dataset, counts = data_set_import(
                project=draft.project,
                opened=opened,
                declaration=Declaration(draft.declaration or UNDECLARED, draft.independent, draft.exposed),
                replace=draft.replace,
                actor=draft.created_by,
                name=draft.name,
                on_batch=lambda counts: lease.progress(images=counts.images, refused=counts.refused),
            )
            draft.dataset = dataset
    except (DatasetError, ValidationError, ValueError, OSError) as error:
        reason = _words(error)
    with lease.finishing():
        draft.reason = reason
        draft.state = State.FAILED if reason else State.DONE
        if not reason:
            _delete_upload(draft)
        draft.save()


def draft_fail(job: Job) -> None:
    """What becomes of a draft whose job has died."""
    working = DatasetDraft.objects.filter(pk=job.arguments["draft"], state__in=[State.LOOKING, State.IMPORTING])
    working.update(state=State.FAILED, reason=_("The work on it failed: %s") % job.error[:500])


def drafts_forget() -> None:
    """Delete zips that nobody has gone on with for a while."""
    before = timezone.now() - timedelta(days=settings.DATASET_DAYS)
    for draft in DatasetDraft.objects.filter(changed_at__lt=before).exclude(upload="").exclude(state=State.IMPORTING):
        with transaction.atomic():
            _delete_upload(draft)
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


@contextmanager
def _source(draft: DatasetDraft) -> Iterator[Source]:
    """The data set's files, as its options name them."""
    if draft.folder:
        yield source_inside(folder_allowed(draft.folder), Options.of(draft.options))
        return
    with unpacked(draft.upload) as folder:
        yield source_inside(folder, Options.of(draft.options))


def _guessed(draft: DatasetDraft, source: Source) -> tuple[dict[str, Any] | None, Source]:
    """What the columns of a table probably are, and the source with that in place of what is left open.

    Once a person has seen these columns, what they leave open is meant so: a patient that is not read stays unread.
    """
    if draft.layout != "table":
        return None, source
    options = source.options
    if not options.table:
        options = Options.of({**options.stored(), "table": _only_table(source)})
        source = source_inside(source.folder, options)
    guess = table_guess(source, finding_kinds(draft.project))
    if options.image_column and _shown_before(draft, guess):
        return _plain(guess), source
    return _plain(guess), source_inside(source.folder, guess.options(options))


def _shown_before(draft: DatasetDraft, guess: TableGuess) -> bool:
    """Whether the draft has been looked through with these same columns."""
    shown = [column["name"] for column in draft.guess["columns"]] if draft.guess else []
    return shown == [column.name for column in guess.columns]


def _only_table(source: Source) -> str:
    """The one table in the folder. Raises DatasetError where there are none or several."""
    found = [path for path in sorted(source.folder.rglob("*")) if path.suffix.lower() in TABLES and path.is_file()]
    names = [str(path.relative_to(source.folder)) for path in found]
    if len(names) == 1:
        return names[0]
    if not names:
        raise DatasetError(_("There is no table (.csv, .tsv) in it. Choose another layout, or name the table."))
    raise DatasetError(_("It holds several tables. Name one of them: %s.") % ", ".join(names[:20]))


def _opened(draft: DatasetDraft, source: Source) -> OpenDataset:
    return data_set_open(
        layout=draft.layout,
        source=source,
        project=draft.project,
        mapping=draft.mapping,
        add_findings=draft.add_findings,
    )


def _beats(lease: Lease) -> Any:
    """Tells the job's progress now and then, and stops it where it is cancelled."""
    seen = 0

    def on_item() -> None:
        nonlocal seen
        seen += 1
        if seen % ASKED_EVERY == 0:
            lease.progress(images=seen)

    return on_item


def _delete_upload(draft: DatasetDraft) -> None:
    if draft.upload:
        name = draft.upload
        draft.upload = ""
        transaction.on_commit(lambda: default_storage.delete(name))


def _plain(told: Any) -> Any:
    """Dataclasses, counters and tuples as JSON holds them. `asdict` would count the pairs of a Counter."""
    if is_dataclass(told):
        return {field.name: _plain(getattr(told, field.name)) for field in fields(told)}
    if isinstance(told, Mapping):
        return {name: _plain(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_plain(each) for each in told]
    return told


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return _("The files cannot be read: %s.") % error.strerror
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)
