"""Importing a data set image by image. A refused image keeps its reason; an import resumes where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice

from django.db import transaction
from django.utils import timezone

from labeling.services.imports import ImageLabels, image_labels_import, label_import_open
from labeling.values import answer_problem
from overread.accounts.models import User
from overread.archive.bulk import file_take_in, images_store
from overread.archive.dicom import Refused
from overread.archive.dicom.reader import CHILDREN
from overread.audit.services import event_append
from overread.projects.models import Project
from overread.projects.services import finding_add, project_create
from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.models import DatasetImport, DatasetRow
from training.services.agreeing import contradicting_nothing
from training.services.import_types import Declaration, ImportCounts, Incoming, Progress, Stored
from training.services.item_checks import check_indication, file_content, refusal_reason, said_facts, storable
from training.services.item_masks import masks_of
from training.services.item_regions import boxes_of
from training.services.opening import OpenDataset

BATCH = 64  # images committed together: few enough to redo after a crash, enough to be quick


def project_for_data_set(
    *, slug: str, name: str, modality: str, opened: OpenDataset, actor: User | None = None
) -> Project:
    """A new project whose findings are what the data set says. Raises DatasetError where it says nothing."""
    if not opened.specs:
        raise DatasetError("The data set names no findings. Name a column of labels, or make the project first.")
    return project_create(slug=slug, name=name, modality=modality, findings=opened.specs, actor=actor)


@transaction.atomic
def findings_for_data_set(*, project: Project, opened: OpenDataset, actor: User | None) -> None:
    """Add the findings that the data set has and the project lacks, where they are to be made."""
    last = project.findings.count()
    for place, spec in enumerate(opened.specs):
        finding = finding_add(project=project, order=last + place, added_at=timezone.now(), **spec)
        event_append(verb="finding.add", actor=actor, target=project, project=project.pk, finding=finding.slug)


def data_set_import(
    *,
    project: Project,
    opened: OpenDataset,
    declaration: Declaration = Declaration(),  # noqa: B008  (frozen)
    replace: bool = False,
    actor: User | None = None,
    name: str = "",
    on_batch: Callable[[ImportCounts], object] = lambda counts: None,
    on_refusal: Callable[[int, str], None] = lambda number, reason: None,
) -> tuple[DatasetImport, ImportCounts]:
    """Import every image that is not in yet. A refused one keeps its reason and is tried again the next time.

    `name` is what the import is listed by; the table's or the folder's if left out. An answer that contradicts another
    import refuses its image, unless `replace` says that the newest counts. Raises DatasetError, and ValueError where the
    same data set was declared otherwise before.
    """
    progress = _begin(project, opened, declaration, actor, replace, name, on_refusal)
    done = set(DatasetRow.objects.filter(dataset=progress.dataset, reason="").values_list("number", "file"))
    with ThreadPoolExecutor(CHILDREN) as pool:
        ahead: list[Future[Incoming]] = []
        for items in _batches(opened.dataset.items()):
            fresh = [item for item in items if (item.number, storable(item.file)[:500]) not in done]
            progress.counts.images += len(items)
            progress.counts.known += len(items) - len(fresh)
            # The next batch is read while this thread stores the one before.
            batch = ahead
            ahead = [pool.submit(_understood, progress, item) for item in fresh]
            _store(progress, [future.result() for future in batch])
            on_batch(progress.counts)
        _store(progress, [future.result() for future in ahead])
        on_batch(progress.counts)
    _finish(progress)
    return progress.dataset, progress.counts


def _begin(
    project: Project,
    opened: OpenDataset,
    declaration: Declaration,
    actor: User | None,
    replace: bool,
    name: str,
    on_refusal: Callable[[int, str], None],
) -> Progress:
    """Begin the import of this data set, or go on with it."""
    key = opened.key()
    name = (name or (opened.source.table or opened.source.folder).name)[:200]
    labels = None
    own_key = key
    if opened.states_anything:
        labels = label_import_open(
            project=project,
            name=name,
            sha256=key,
            declaration=declaration.words,
            independent=declaration.independent,
            exposed=declaration.exposed,
            actor=actor,
        )
        # By its labels, too: what was withdrawn and comes again is another import.
        own_key = hashlib.sha256(f"{key}:{labels.pk}".encode()).hexdigest()
    dataset, _ = DatasetImport.objects.get_or_create(
        project=project,
        sha256=own_key,
        defaults={
            "name": name,
            "layout": opened.layout,
            "options": {**opened.source.options.stored(), "mapping": dict(opened.mapping)},
            "labels": labels,
            "imported_by": actor,
        },
    )
    findings = {finding.slug: finding for finding in project.findings.all()}
    return Progress(project, opened, dataset, labels, findings, actor, replace, on_refusal)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    each = iter(items)
    while batch := list(islice(each, BATCH)):
        yield batch


def _understood(progress: Progress, item: Item) -> Incoming:
    """Read what an item says and take its file in. Touches no database: it runs in several threads."""
    try:
        if item.problem:
            raise DatasetError(item.problem)
        answers = progress.opened.translation.answers(item, progress.opened.dataset.decimals())
        for slug, said in answers.items():
            if problem := answer_problem(progress.findings[slug], said.value):
                raise DatasetError(problem)
        patient = progress.opened.patients.of(item)
        check_indication(item.indication, patient)
        content = file_content(progress.opened.dataset.images.find(item.file))
        file = file_take_in(content, patient=patient, said=said_facts(item))
        boxes_of(item, progress.opened.translation, file.facts)
        masks = masks_of(item, progress.opened.dataset.images, file.facts)
    except (DatasetError, Refused, OSError) as problem:
        return Incoming(item, reason=refusal_reason(problem))
    return Incoming(item, answers, file, hashlib.sha256(content).hexdigest(), masks)


def _store(progress: Progress, incoming: Sequence[Incoming]) -> None:
    """Store a batch, images, labels and the fact that its rows are done: a crash loses all of it or nothing."""
    if incoming:
        _store_batch(progress, incoming)


@transaction.atomic
def _store_batch(progress: Progress, incoming: Sequence[Incoming]) -> None:
    taken = [each for each in incoming if each.file is not None]
    outcomes = images_store(
        project=progress.project, files=[each.file for each in taken if each.file], actor=progress.actor
    )
    refused = [each for each in incoming if each.file is None]
    stored = []
    for each, outcome in zip(taken, outcomes, strict=True):
        if isinstance(outcome, Refused):
            refused.append(each.refused(outcome.reason))
            continue
        progress.counts.stored += outcome.enrolled
        progress.counts.known += not outcome.enrolled
        stored.append(Stored(each, outcome.image))
    agreed = stored
    if progress.labels is not None:
        agreed = contradicting_nothing(progress, progress.labels, stored, refused)
        said = [_labels(progress, each) for each in agreed]
        image_labels_import(source=progress.labels, labels=said)
        progress.counts.labelled += sum(bool(each.values) for each in said)
    _write_rows(progress, agreed, refused)


def _labels(progress: Progress, stored: Stored) -> ImageLabels:
    answers = stored.incoming.answers
    file = stored.incoming.file
    assert file is not None
    return ImageLabels(
        stored.image,
        values={slug: said.value for slug, said in answers.items()},
        texts={slug: said.text for slug, said in answers.items()},
        regions=boxes_of(stored.incoming.item, progress.opened.translation, file.facts),
        masks=stored.incoming.masks,
    )


def _write_rows(progress: Progress, stored: Sequence[Stored], refused: Sequence[Incoming]) -> None:
    rows = []
    for each in stored:
        row = _row(progress, each.incoming)
        row.image = each.image
        rows.append(row)
    for incoming in refused:
        rows.append(_row(progress, incoming))
        progress.counts.refused += 1
        progress.on_refusal(incoming.item.number, incoming.reason)
    DatasetRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["dataset", "number"],
        update_fields=["lines", "file", "file_sha256", "split", "image", "reason"],
    )


def _row(progress: Progress, incoming: Incoming) -> DatasetRow:
    item = incoming.item
    lines = list(item.lines) if len(item.lines) > 1 else []
    return DatasetRow(
        dataset=progress.dataset,
        number=item.number,
        lines=lines,
        file=storable(item.file)[:500],
        file_sha256=incoming.file_sha256,
        split=item.split,
        reason=incoming.reason,
    )


@transaction.atomic
def _finish(progress: Progress) -> None:
    progress.dataset.counts = asdict(progress.counts)
    progress.dataset.finished_at = timezone.now()
    progress.dataset.save(update_fields=["counts", "finished_at"])
    counts = progress.counts
    if counts.stored or counts.labelled or counts.replaced:
        event_append(
            verb="dataset.import",
            actor=progress.actor,
            target=progress.dataset,
            project=progress.project.pk,
            layout=progress.dataset.layout,
            **asdict(counts),
        )
