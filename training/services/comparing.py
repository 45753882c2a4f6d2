"""An import beside its files as they are now: what would come otherwise."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, get_args
from uuid import UUID

from django.db.models import Count

from labeling.models import ImportedLabel
from overread.archive.dicom import Refused
from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.models import DatasetImport, DatasetRow
from training.services.item_checks import check_indication, file_content, refusal_reason, storable
from training.services.opening import OpenDataset

BATCH = 500  # images whose stored answers are asked for together
EXAMPLES = 20  # of each kind


@dataclass(frozen=True)
class ChangedAnswer:
    """An answer that the files give otherwise now. `stored`, `now`: "" where none is given."""

    number: int
    file: str
    finding: str
    stored: str
    now: str


@dataclass(frozen=True)
class Place:
    """An image of a data set: its line or place, its file, and why it is refused, if it is."""

    number: int
    file: str
    reason: str = ""


Kind = Literal["same", "changed", "other_file", "new", "gone", "mended", "broken", "refused"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALIKE: tuple[Kind, ...] = ("same", "refused")


@dataclass
class Comparison:
    """How many images there are of each kind, the first examples, and the first answers that changed. An image counts once.

    `same`: taken in then, and it would come the same. `changed`: another answer. `other_file`: the same answers, and another
    file under its name. `new`: of which the import knows nothing. `gone`: in the import, and not in the files. `mended`: refused
    then, and not now. `broken`: taken in then, and refused now. `refused`: then and now.
    """

    counts: Counter[Kind] = field(default_factory=Counter)
    answers: list[ChangedAnswer] = field(default_factory=list)
    examples: dict[Kind, list[Place]] = field(default_factory=lambda: {kind: [] for kind in KINDS if kind != "same"})

    @property
    def differs(self) -> bool:
        """Whether an import of the files as they are would not give what is stored."""
        return any(count for kind, count in self.counts.items() if kind not in ALIKE)

    def add(self, kind: Kind, place: Place) -> None:
        self.counts[kind] += 1
        examples = self.examples.get(kind)
        if examples is not None and len(examples) < EXAMPLES:
            examples.append(place)


@dataclass(frozen=True)
class _Now:
    """What the files say of an image now. `reason`: why it would be refused."""

    item: Item
    answers: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    reason: str = ""

    @property
    def place(self) -> Place:
        return Place(self.item.number, _name(self.item), self.reason)


def data_set_compare(
    dataset: DatasetImport, opened: OpenDataset, on_batch: Callable[[int], object] = lambda images: None
) -> Comparison:
    """Read the files as an import would, and compare. Stores nothing. Raises DatasetError where they cannot be read at all.

    Images are told apart by the name of their file. `on_batch` hears how many were compared.
    """
    told = Comparison()
    seen: set[int] = set()
    for items in _batches(opened.dataset.items()):
        now = [_understood(opened, item) for item in items]
        rows = {row.file: row for row in dataset.entries.filter(file__in=[_name(item) for item in items])}
        stored = _stored(dataset, [row.image_id for row in rows.values() if row.image_id])
        several = _named_twice(dataset, stored)
        for each in now:
            row = rows.get(_name(each.item))
            if row is not None:
                seen.add(row.pk)
            said = stored.get(row.image_id, {}) if row and row.image_id else {}
            if row and row.image_id in several:
                # What other files of the same image say stands with it, and is compared with them.
                said = {slug: value for slug, value in said.items() if slug in each.answers}
            _compare(told, each, row, said)
        on_batch(len(items))
    for pk, number, file in dataset.entries.order_by("number").values_list("pk", "number", "file").iterator():
        if pk not in seen:
            told.add("gone", Place(number, file))
    return told


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    while batch := list(islice(items, BATCH)):
        yield batch


def _name(item: Item) -> str:
    """The file as its row holds it."""
    return storable(item.file)[:500]


def _understood(opened: OpenDataset, item: Item) -> _Now:
    """What an import would read, without decoding the file."""
    try:
        if item.problem:
            raise DatasetError(item.problem)
        answers = opened.translation.answers(item, opened.dataset.decimals())
        check_indication(item.indication, opened.patients.of(item))
        content = file_content(opened.dataset.images.find(item.file))
    except (DatasetError, Refused, OSError) as problem:
        return _Now(item, reason=refusal_reason(problem))
    values = {slug: said.value for slug, said in answers.items()}
    return _Now(item, values, hashlib.sha256(content).hexdigest())


def _stored(dataset: DatasetImport, images: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    """Image → finding slug → what the import says of it."""
    said: dict[UUID, dict[str, str]] = defaultdict(dict)
    labels = ImportedLabel.objects.filter(source=dataset.labels_id, image__in=images)
    for image, slug, value in labels.values_list("image_id", "finding__slug", "value"):
        said[image][slug] = value
    return said


def _named_twice(dataset: DatasetImport, images: Iterable[UUID]) -> set[UUID]:
    """Those of the images that several files of the import are."""
    counted = dataset.entries.filter(image__in=list(images)).values("image").annotate(files=Count("pk"))
    return set(counted.filter(files__gt=1).values_list("image", flat=True))


def _compare(told: Comparison, now: _Now, row: DatasetRow | None, stored: Mapping[str, str]) -> None:
    if row is None:
        told.add("new", now.place)
    elif row.image_id is None:
        told.add("refused" if now.reason else "mended", now.place)
    elif now.reason:
        told.add("broken", now.place)
    elif changed := _changed(now, stored):
        told.add("changed", now.place)
        told.answers += changed[: EXAMPLES - len(told.answers)]
    elif row.file_sha256 and row.file_sha256 != now.sha256:
        told.add("other_file", now.place)
    else:
        told.add("same", now.place)


def _changed(now: _Now, stored: Mapping[str, str]) -> list[ChangedAnswer]:
    differing = [slug for slug in sorted({*stored, *now.answers}) if stored.get(slug, "") != now.answers.get(slug, "")]
    return [
        ChangedAnswer(now.item.number, _name(now.item), slug, stored.get(slug, ""), now.answers.get(slug, ""))
        for slug in differing
    ]
