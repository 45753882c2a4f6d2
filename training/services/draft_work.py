"""What the jobs of a prepared import do: look through its data set, and import it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from overread.jobs.running import Lease
from training.datasets.errors import DatasetError
from training.datasets.guessing import TableGuess, table_guess
from training.datasets.options import Options, Source, source_inside
from training.models import DatasetDraft
from training.services.data_set_files import folder_allowed, unpacked
from training.services.drafts import upload_delete
from training.services.import_types import UNDECLARED, Declaration
from training.services.importing import data_set_import, findings_for_data_set
from training.services.opening import OpenDataset, data_set_open, finding_kinds
from training.services.surveying import data_set_survey

State = DatasetDraft.State
ASKED_EVERY = 500  # images between two looks at whether the job goes on
TABLES = (".csv", ".tsv", ".txt")


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
        draft.state = State.FAILED
        if told is not None or guess is not None:
            draft.state = State.READY
        _save(draft, "options", "guess", "survey", "reason", "state")


def draft_carry_out(*, draft: DatasetDraft, lease: Lease) -> None:
    """The job that imports. One that is done again goes on where it stopped."""
    reason = ""
    try:
        with _source(draft) as source:
            opened = _opened(draft, source)
            findings_for_data_set(project=draft.project, opened=opened, actor=draft.created_by)
            dataset, _counts = data_set_import(
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
        draft.state = State.FAILED
        if not reason:
            draft.state = State.DONE
            upload_delete(draft)
        _save(draft, "dataset", "upload", "reason", "state")


def _save(draft: DatasetDraft, *names: str) -> None:
    """Store what a job found out. A draft that was given up meanwhile stays gone."""
    values = {name: getattr(draft, name) for name in names}
    DatasetDraft.objects.filter(pk=draft.pk).update(changed_at=timezone.now(), **values)


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


def _beats(lease: Lease) -> Callable[[], None]:
    """Tells the job's progress now and then, and stops it where it is cancelled."""
    seen = 0

    def on_item() -> None:
        nonlocal seen
        seen += 1
        if seen % ASKED_EVERY == 0:
            lease.progress(images=seen)

    return on_item


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
