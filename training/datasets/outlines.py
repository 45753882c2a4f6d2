"""Which files of a folder are images, and which are masks of what."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from training.datasets.errors import DatasetError
from training.datasets.images import SUFFIXES

LUNGS = "lungs"  # what masks outline where nothing says it
MASK_WORDS = {"mask", "masks", "segmentation", "segmentations", "seg", "groundtruth", "gt"}
FILLERS = {"manual", "binary", "label", "labels", "png", "all", "files"}
IMAGE_WORDS = {"image", "images", "img", "imgs", "cxr", "xray", "xrays", "input", "inputs", "original", "originals"}
SIDES = {"left", "right"}
STRUCTURES = {
    "lung": LUNGS,
    "lungs": LUNGS,
    "clavicle": "clavicles",
    "clavicles": "clavicles",
    "heart": "heart",
    "hearts": "heart",
    "rib": "ribs",
    "ribs": "ribs",
    "trachea": "trachea",
    "aorta": "aorta",
    "spine": "spine",
    "mediastinum": "mediastinum",
    "lesion": "lesion",
    "lesions": "lesion",
    "nodule": "nodule",
    "nodules": "nodule",
    "breast": "breast",
    "liver": "liver",
    "kidney": "kidneys",
    "kidneys": "kidneys",
    "spleen": "spleen",
    "tumor": "tumour",
    "tumour": "tumour",
}
MASK_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff")
HIDDEN = (".", "__MACOSX")


@dataclass(frozen=True)
class Outline:
    """One mask file. `side`: left or right where it holds one half of a pair; "" where it holds all."""

    file: str
    structure: str
    side: str = ""


@dataclass(frozen=True)
class Paired:
    """The images of a folder with their masks, by path; and what could not be paired."""

    outlines: Mapping[str, tuple[Outline, ...]]
    lone: tuple[str, ...]


def words_of(name: str) -> list[str]:
    """The words of a file's or folder's name: leftMask → left, mask."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[^0-9A-Za-z]+", spaced) if word]


def paired(root: Path, structure: str) -> Paired:
    """Images and masks that lie in folders of the same place and have the same name, but for an ending such as _mask."""
    images: list[str] = []
    masks: list[str] = []
    for file in _files(root):
        suffix = PurePosixPath(file).suffix
        if _is_mask(PurePosixPath(file)) and suffix.lower() in MASK_SUFFIXES:
            masks.append(file)
        elif suffix in SUFFIXES:
            images.append(file)
    by_place, by_stem = _indexed(images)
    found: dict[str, list[Outline]] = {image: [] for image in images}
    lone = []
    for mask in masks:
        image, outline = _image_of(PurePosixPath(mask), structure, by_place, by_stem)
        if image:
            found[image].append(outline)
        else:
            lone.append(mask)
    return Paired({image: tuple(outlines) for image, outlines in found.items()}, tuple(lone))


def by_structure(outlines: Iterable[Outline]) -> dict[str, tuple[str, ...]]:
    """Structure → its files: one, or a left and a right half. Raises DatasetError for anything else."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for outline in outlines:
        if outline.side in found[outline.structure]:
            raise DatasetError(f"There are several masks of its {outline.structure}.")
        found[outline.structure][outline.side] = outline.file
    for structure, sides in found.items():
        if set(sides) not in ({""}, SIDES):
            there = " and ".join(side or "whole" for side in sides)
            raise DatasetError(
                f"Of its {structure} there is only the {there} mask: neither one of all, nor two halves."
            )
    return {structure: tuple(sides[side] for side in sorted(sides)) for structure, sides in found.items()}


def outline_of(file: str, words: Iterable[str], structure: str) -> Outline:
    """What a mask outlines, as the words of its folders or its column say."""
    outline = Outline(file, structure)
    for word in words:
        if word in STRUCTURES:
            outline = replace(outline, structure=STRUCTURES[word])
        elif word in SIDES:
            outline = replace(outline, side=word)
    return outline


def _files(root: Path) -> Iterator[str]:
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith(HIDDEN))
        for file in sorted(files):
            if not file.startswith(HIDDEN):
                yield (Path(folder) / file).relative_to(root).as_posix()


def _is_mask(path: PurePosixPath) -> bool:
    """By the end of its name, else by the innermost folder that tells."""
    if set(_without_ending(path.stem)[1]) & MASK_WORDS:
        return True
    for folder in reversed(path.parent.parts):
        if _is_mask_folder(folder):
            return True
        if set(words_of(folder)) & IMAGE_WORDS:
            return False
    return False


def _is_mask_folder(name: str) -> bool:
    words = set(words_of(name))
    if words & MASK_WORDS:
        return True
    return bool(words & set(STRUCTURES)) and words <= {*STRUCTURES, *SIDES}


def _place(path: PurePosixPath) -> str:
    """Its folders without those that are called after images, masks or structures: the same for both of a pair."""
    folders = [
        folder
        for folder in path.parent.parts
        if not _is_mask_folder(folder) and not set(words_of(folder)) & IMAGE_WORDS
    ]
    return "/".join(folders)


def _indexed(images: Iterable[str]) -> tuple[dict[tuple[str, str], list[str]], dict[str, list[str]]]:
    by_place: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_stem: dict[str, list[str]] = defaultdict(list)
    for image in images:
        path = PurePosixPath(image)
        by_place[_place(path), path.stem].append(image)
        by_stem[path.stem].append(image)
    return by_place, by_stem


def _image_of(
    mask: PurePosixPath,
    structure: str,
    by_place: Mapping[tuple[str, str], list[str]],
    by_stem: Mapping[str, list[str]],
) -> tuple[str, Outline]:
    """The only image that a mask may belong to, or "", and what it outlines."""
    folders = [word for folder in mask.parent.parts if _is_mask_folder(folder) for word in words_of(folder)]
    bare, ending = _without_ending(mask.stem)
    for stem, words in ((mask.stem, folders), (bare, [*folders, *ending])):
        outline = outline_of(str(mask), words, structure)
        for images in (by_place.get((_place(mask), stem), []), by_stem.get(stem, [])):
            if images:
                return (images[0] if len(images) == 1 else ""), outline
    return "", Outline(str(mask), structure)


def _without_ending(stem: str) -> tuple[str, list[str]]:
    """A name without the words at its end that tell a mask: x_left_mask → x, and left, mask."""
    ending = []
    while match := re.fullmatch(r"(.+)[ _-]([A-Za-z]+)", stem):
        word = match[2].lower()
        if word not in MASK_WORDS | SIDES | set(STRUCTURES) | FILLERS:
            break
        ending.append(word)
        stem = match[1]
    return stem, ending
