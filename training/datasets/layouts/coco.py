"""Annotations in COCO's form: images, categories, and boxes or polygons around what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from training.datasets.coco_file import CocoFile, CocoImage, Entry, coco_file, frame_of, regions_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Question, SourceRegion
from training.datasets.json_file import text_of
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.regions import Frame
from training.datasets.splits import split_of
from training.datasets.usual_files import split_of_file, usual_file, usual_files
from training.datasets.words import is_negative

USUAL = r"_annotations\.coco\.json|instances.*\.json|annotations?\.json|.*coco.*\.json"
ANY = r".*\.json"


class Coco:
    """What an image is annotated with is present. What it is not annotated with is unknown: nothing in the file tells an
    image that was looked at from one that was not. An importer who knows better says `exhaustive`.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        path = source.table or _found(source.folder)
        self._file: CocoFile = coco_file(path)
        self._name = path.name
        self._exhaustive = source.options.exhaustive
        self._split = split_of_file(path) or split_of(path.parent.name)
        self._used = self._categories_used()
        self.tables = (path,)
        self.images = Images(source.root, prefix=source.options.prefix, suffix=source.options.suffix)

    def questions(self) -> tuple[Question, ...]:
        names = dict.fromkeys(name for name in self._used if not is_negative(name))
        return tuple(Question(name, listed=True, why="a category of the annotations") for name in names)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def items(self) -> Iterator[Item]:
        for image in self._file.images:
            try:
                yield self._understood(image)
            except DatasetError as error:
                yield Item(image.number, image.file, problem=str(error))

    def notes(self) -> list[str]:
        told = []
        if not self._exhaustive:
            told.append(
                "What is not annotated in an image is unknown, not absent. Say that the annotations are exhaustive if they are."
            )
        if self._file.strays:
            told.append(f"{self._file.strays} annotations are about no image of {self._name}, and are left out.")
        unused = [name for name in self._file.categories.values() if name not in self._used]
        if unused:
            told.append(f"No annotation is of {', '.join(unused[:5])}{' …' if len(unused) > 5 else ''}.")
        return told

    def _categories_used(self) -> list[str]:
        """The names that annotations are of, in the file's order of categories."""
        used = {
            text_of(annotation.get("category_id"))
            for annotations in self._file.annotations.values()
            for annotation in annotations
        }
        return [name for category_id, name in self._file.categories.items() if category_id in used]

    def _understood(self, image: CocoImage) -> Item:
        if not image.file:
            raise DatasetError("An image of the file has no file_name.")
        frame = self._frame(image)
        names: dict[str, None] = {}
        regions: list[SourceRegion] = []
        for annotation in self._annotations(image):
            name = self._name_of(annotation)
            names[name] = None
            if not is_negative(name):
                regions += regions_of(annotation, name, frame)
        absent = self._declared_absent(image)
        both = sorted(absent & set(names))
        if both:
            raise DatasetError(f"{both[0]!r} is annotated in it, and declared to be absent.")
        return Item(
            image.number,
            image.file,
            split=self._split,
            said=dict.fromkeys(sorted(absent), "absent"),
            named=tuple(names) if names or self._exhaustive else None,
            complete=self._exhaustive,
            regions=tuple(regions),
        )

    def _frame(self, image: CocoImage) -> Frame:
        frames = {frame_of(entry) for entry in image.entries}
        if len(frames) > 1:
            raise DatasetError("It stands in the file several times, with different sizes.")
        return frames.pop()

    def _annotations(self, image: CocoImage) -> Iterator[Entry]:
        for entry in image.entries:
            image_id = text_of(entry.get("id"))
            if not image_id or image_id in self._file.twice:
                raise DatasetError(
                    "Its id is missing, or several images have it: nothing says which annotations are its own."
                )
            yield from self._file.annotations.get(image_id, [])

    def _name_of(self, annotation: Entry) -> str:
        if "score" in annotation:
            raise DatasetError("An annotation of it carries a score: it is a model's, and no label.")
        return self._category(annotation.get("category_id"))

    def _category(self, category_id: object) -> str:
        name = self._file.categories.get(text_of(category_id))
        if name is None:
            raise DatasetError(f"It is annotated with category {text_of(category_id)!r}, which the file does not name.")
        return name

    def _declared_absent(self, image: CocoImage) -> set[str]:
        """The categories that an image is declared not to have, as in LVIS."""
        found = set()
        for entry in image.entries:
            declared = entry.get("neg_category_ids", [])
            if not isinstance(declared, list):
                raise DatasetError("Its neg_category_ids are no list.")
            found |= {self._category(each) for each in declared}
        return found


def _found(folder: Path) -> Path:
    usual = USUAL if usual_files(folder, USUAL) else ANY
    return usual_file(folder, usual, what="file of annotations in COCO's form, such as instances.json")
