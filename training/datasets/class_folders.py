"""Folders of images, one for each class, as they lie on a disk."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from training.datasets.errors import DatasetError
from training.datasets.images import SUFFIXES
from training.datasets.splits import split_of
from training.datasets.table_file import is_garbled, printable
from training.datasets.words import plain

# What systems leave behind: neither a class nor an image, whatever its suffix. Names with a dot in front belong to them.
LITTER = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}
IMAGE_SUFFIXES = tuple({suffix.lower() for suffix in SUFFIXES})
MAGIC_AT = 128  # where a DICOM file says DICM
DEPTH = 30  # folders in each other; more are no data set


@dataclass(frozen=True)
class ImageFolder:
    """A folder that holds images itself. `place`: its path below the root. `problem`: why no class can be told."""

    place: str
    name: str = ""  # of its class
    split: str = ""
    problem: str = ""


@dataclass
class Survey:
    """What was found: folders in the order of their names, and what is no image, counted."""

    base: str = ""  # the folder of the classes or the splits, by path below the root
    folders: list[ImageFolder] = field(default_factory=list)
    images: Counter[str] = field(default_factory=Counter)  # by class, made plain
    deeper: Counter[str] = field(default_factory=Counter)  # images by folder below a class
    others: Counter[str] = field(default_factory=Counter)  # files that are no images, by suffix
    empty: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that hold images, each as its first folder writes it."""
        names: dict[str, str] = {}
        for folder in self.folders:
            if folder.name:
                names.setdefault(plain(folder.name), folder.name)
        return tuple(names[key] for key in sorted(names))


def survey_of(root: Path) -> Survey:
    """Look through all folders once. Links to folders are not followed, as they may lead out or in a circle."""
    base = _base(root)
    found = Survey(base)
    splits = sorted(name for name in _Listing(root / base).folders if split_of(name))
    _look(root, base, (), splits, found)
    return found


def images_in(root: Path, place: str) -> list[str]:
    """The names of the images in one folder, sorted."""
    return sorted(_Listing(root / place).images)


class _Listing:
    """One folder's own entries, without what systems leave behind."""

    def __init__(self, path: Path) -> None:
        self.folders: list[str] = []
        self.images: list[str] = []
        self.others: list[str] = []
        self.links: list[str] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and entry.name.casefold() not in LITTER:
                        self._add(entry)
        except OSError as error:
            raise DatasetError(f"The folder {printable(path.name)} cannot be read: {error.strerror}.") from None

    def _add(self, entry: os.DirEntry[str]) -> None:
        if entry.is_dir(follow_symlinks=False):
            self.folders.append(entry.name)
        elif entry.is_symlink() and entry.is_dir():
            self.links.append(entry.name)
        elif _is_image(entry):
            self.images.append(entry.name)
        else:
            self.others.append(entry.name)


def _is_image(entry: os.DirEntry[str]) -> bool:
    """By its suffix, or, as many DICOM files have none, by the word that DICOM files begin with."""
    if entry.name.lower().endswith(IMAGE_SUFFIXES):
        return True
    if entry.is_symlink() or not entry.is_file():
        return False
    try:
        with Path(entry.path).open("rb") as file:
            return file.read(MAGIC_AT + 4)[MAGIC_AT:] == b"DICM"
    except OSError:
        return False


def _below(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _base(root: Path) -> str:
    """The folder that holds the classes or the splits: the root, or what lies in it alone, as zips wrap what they hold."""
    place = ""
    while True:
        here = _Listing(root / place)
        if here.images or here.links or len(here.folders) != 1:
            return place
        inner = _below(place, here.folders[0])
        inside = _Listing(root / inner)
        # A folder of images is a class, even if it is the only one; so is one split.
        if inside.images or split_of(here.folders[0]) or not inside.folders:
            return place
        place = inner


def _look(root: Path, base: str, parts: tuple[str, ...], splits: list[str], found: Survey) -> None:
    if len(parts) > DEPTH:
        raise DatasetError(f"More than {DEPTH} folders lie in each other.")
    place = _below(base, *parts)
    here = _Listing(root / place)
    found.links += [_below(place, name) for name in sorted(here.links)]
    for name in here.others:
        found.others[Path(name).suffix.lower() or name] += 1
    if here.images:
        folder = _folder(place, parts, splits)
        found.folders.append(folder)
        if folder.name:
            found.images[plain(folder.name)] += len(here.images)
            if parts[-1] != folder.name and not split_of(parts[-1]):
                found.deeper[parts[-1]] += len(here.images)
    elif parts and not here.folders:
        found.empty.append(place)
    for name in sorted(here.folders):
        _look(root, base, (*parts, name), splits, found)


def _folder(place: str, parts: tuple[str, ...], splits: list[str]) -> ImageFolder:
    """Class and split by the path: the split is the first folder or the second, the class the other; those below do not
    count.
    """
    if is_garbled(place):
        return ImageFolder(place, problem="The name of its folder is not UTF-8 text.")
    places = [number for number, part in enumerate(parts[:2]) if split_of(part)]
    if len(places) == 2:
        return ImageFolder(place, problem=f"It lies in two splits: {'/'.join(parts[:2])}.")
    names = [part for number, part in enumerate(parts[:2]) if number not in places]
    split = split_of(parts[places[0]]) if places else ""
    if not names:
        return ImageFolder(place, split=split, problem="It lies beside the class folders, in none of them.")
    if splits and not split_of(parts[0]):
        beside = ", ".join(splits)
        return ImageFolder(place, problem=f"It lies beside the folders of the splits ({beside}), in none of them.")
    return ImageFolder(place, names[0], split)


def walk(root: Path, folders: list[ImageFolder]) -> Iterator[tuple[ImageFolder, str]]:
    """Every image of these folders, by path below the root."""
    for folder in folders:
        for name in images_in(root, folder.place):
            yield folder, _below(folder.place, name)
