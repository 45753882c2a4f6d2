"""An export of Label Studio."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from training.datasets.columns import CellCounts, Column, column_of, parts_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Question
from training.datasets.label_studio_file import Task, addresses_of, tasks_of
from training.datasets.label_studio_results import Annotation
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.usual_files import usual_file
from training.datasets.words import NO, is_negative, plain

BETWEEN = "\x1f"  # between two choices of one control; no choice holds it
KINDS: dict[str, ColumnKind] = {"number": "measurement", "rating": "categorical"}


class LabelStudio:
    """A choice that is ticked and a label that something is drawn for are present; what is not, is unknown, unless whoever
    imports vouches that annotations are `exhaustive`. A control of yes and no answers the finding of its own name.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        path = source.table or usual_file(source.folder, r".*\.json", what="export of Label Studio (JSON or JSON-MIN)")
        self._options = replace(options, separator=BETWEEN)
        self._kinds = kinds
        self._tasks = tasks_of(path, options.image_column, options.label_columns)
        self.tables = (path,)
        self.images = Images(source.root, prefix=options.prefix, suffix=options.suffix)

    def questions(self) -> tuple[Question, ...]:
        found: dict[str, Question] = {}
        for column in self._columns.values():
            for question in column.questions:
                found.setdefault(question.name, question)
        for annotation in self._annotations():
            for label in annotation.labels:
                if not is_negative(label):
                    found.setdefault(label, Question(label, listed=True, why="a label that regions are drawn for"))
        return tuple(found.values())

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def items(self) -> Iterator[Item]:
        for file, tasks in self._by_file.items():
            first = tasks[0]
            try:
                yield self._understood(first.number, file, tasks)
            except DatasetError as error:
                yield Item(first.number, file, problem=str(error))

    def notes(self) -> list[str]:
        told = [f"{column.name}: {column.questions[0].why}." for column in self._columns.values() if column.questions]
        ignored: Counter[str] = Counter()
        for annotation in self._annotations():
            ignored += annotation.ignored
        told += [f"Not read: {count} × {kind}." for kind, count in sorted(ignored.items())]
        predicted = sum(annotation.predicted for annotation in self._annotations())
        if predicted:
            told.append(f"{predicted} annotations began as a model's prediction: their readers had seen the model.")
        return told

    @cached_property
    def _columns(self) -> dict[str, Column]:
        """Control → how it is read, by the rule for a table's columns."""
        counts: dict[str, CellCounts] = {}
        types: dict[str, str] = {}
        for annotation in self._annotations():
            for control, answers in annotation.cells.items():
                counts.setdefault(control, CellCounts(control)).add([BETWEEN.join(answers)])
            types |= annotation.kinds
        wanted = self._options.label_columns or tuple(counts)
        return {control: self._column(counts[control], types[control]) for control in wanted if control in counts}

    def _column(self, counts: CellCounts, kind: str) -> Column:
        said = self._options.kinds.get(counts.name) or self._kinds.get(plain(counts.name)) or KINDS.get(kind)
        return column_of(counts, self._options, said, self._kinds)

    def _annotations(self) -> Iterator[Annotation]:
        for task in self._tasks:
            yield from task.annotations

    @cached_property
    def _by_file(self) -> dict[str, list[Task]]:
        found: dict[str, list[Task]] = {}
        for task in self._tasks:
            file = self._file_of(task.address)
            # No file's name ends with a NUL: a task without an image stands alone.
            found.setdefault(file or f"{task.number}\0", []).append(task)
        return found

    def _file_of(self, address: str) -> str:
        """The file that the longest of its names leads to, else that name."""
        names = addresses_of(address)
        for name in names:
            try:
                found = self.images.find(name)
            except DatasetError:
                continue
            return found.relative_to(self.images.root).as_posix()
        return names[0] if names else ""

    def _understood(self, number: int, file: str, tasks: list[Task]) -> Item:
        for task in tasks:
            if task.problem:
                raise DatasetError(task.problem)
        if len({task.address for task in tasks}) > 1:
            raise DatasetError("Tasks with different images have only this file here: nothing says whose it is.")
        annotations = [annotation for task in tasks for annotation in task.annotations]
        # Where a ground truth is marked, it decides alone.
        annotations = [each for each in annotations if each.reference] or annotations
        said: dict[str, str] = {}
        names = dict.fromkeys(label for annotation in annotations for label in annotation.labels)
        for control, column in self._columns.items():
            cell = _agreed(annotations, control)
            if cell and column.names:
                names |= dict.fromkeys(parts_of(cell, BETWEEN))
            elif cell:
                said[control] = cell
        _check(said, names)
        looked_at = bool(annotations) and self._options.exhaustive
        if looked_at and len({frozenset(each.labels) for each in annotations}) > 1:
            raise DatasetError(
                "Its annotators marked different findings, and their annotations are said to be exhaustive."
            )
        return Item(
            number,
            file,
            said=said,
            named=tuple(names) if names or looked_at else None,
            complete=looked_at,
            regions=tuple(region for each in annotations for region in each.regions if not is_negative(region.name)),
        )


def _agreed(annotations: list[Annotation], control: str) -> str:
    """What those who answered a control said. Raises DatasetError where they differ."""
    answers = [annotation.cells[control] for annotation in annotations if control in annotation.cells]
    if len({frozenset(each) for each in answers}) > 1:
        raise DatasetError(f"Its annotators differ in {control!r}, and none of them is marked as the ground truth.")
    return BETWEEN.join(answers[0]) if answers else ""


def _check(said: Mapping[str, str], names: Mapping[str, None]) -> None:
    """Nothing is drawn for, or ticked, that a control of its name denies."""
    denied = {plain(control) for control, cell in said.items() if cell.casefold() in NO}
    for name in names:
        if plain(name) in denied:
            raise DatasetError(f"Control {name!r} says no, and it is marked in the image.")
