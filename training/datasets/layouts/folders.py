"""Folders of images, one for each class, below folders of splits where there are such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from training.datasets.class_folders import ImageFolder, Survey, survey_of, walk
from training.datasets.class_words import Reading, reading_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.table_file import is_garbled, printable
from training.datasets.words import plain

SHOWN = 5  # names in a note


class Folders:
    """The name of a class folder says what its images show; folders in it say nothing, but may tell the patient.

    Two classes of which one is a negative are yes and no to the other. Else the classes are findings, where the project has a
    finding with the name of one, or they are the options of one finding.
    """

    tables = ()

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        self._options = source.options
        self._kinds = kinds
        # Names are found, not written: nothing is to be taken off them or put onto them.
        self.images = Images(source.root)

    def questions(self) -> tuple[Question, ...]:
        return self._reading.questions

    def items(self) -> Iterator[Item]:
        for number, (folder, file) in enumerate(walk(self.images.root, self._survey.folders), 1):
            yield self._item(number, folder, file)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def notes(self) -> list[str]:
        found = self._survey
        notes = [f"{question.name}: {question.why}." for question in self._reading.questions]
        if found.base:
            notes.append(f"The classes lie in {printable(found.base)}.")
        notes += [f"The folder {printable(place)} holds no image." for place in found.empty]
        notes += [f"{printable(place)} is a link to a folder and was not followed." for place in found.links]
        if found.others:
            kinds = ", ".join(f"{printable(kind)} ({count})" for kind, count in found.others.most_common(SHOWN))
            notes.append(f"{found.others.total()} files are no images by their names and were not read: {kinds}.")
        if found.deeper:
            names = ", ".join(printable(name) for name, _ in found.deeper.most_common(SHOWN))
            notes.append(f"Folders below the classes say nothing of their images: {names}. The class counts.")
        return notes

    @cached_property
    def _survey(self) -> Survey:
        return survey_of(self.images.root)

    @cached_property
    def _reading(self) -> Reading:
        if not self._survey.folders:
            raise DatasetError("There is no image file in the folder.")
        if not self._survey.classes:
            raise DatasetError(f"No class can be told from the folders. {self._survey.folders[0].problem}")
        return reading_of(self._survey.classes, self._options, self._kinds)

    def _item(self, number: int, folder: ImageFolder, file: str) -> Item:
        if folder.problem or is_garbled(file):
            return Item(number, printable(file), problem=folder.problem or "Its name is not UTF-8 text.")
        answers = self._reading.answers
        if not answers:
            # The name of one finding says nothing about the others; a negative says no to all.
            return Item(number, file, split=folder.split, named=(folder.name,), complete=False)
        answer = answers.get(plain(folder.name), "")
        said = {self._reading.questions[0].name: answer}
        return Item(number, file, split=folder.split, said=said)
