"""What an image is called in an export: as in its source, where that is a name and no other image has it."""

from __future__ import annotations

from pathlib import PurePosixPath

from training.exports.pictures import Picture

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "dicom": ".dcm"}


class Names:
    """Names without two alike. Remembers a number for each image, about 60 bytes of memory."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def of(self, picture: Picture) -> PurePosixPath:
        return self.free(safe(picture), picture.image)

    def free(self, path: PurePosixPath, image: str) -> PurePosixPath:
        """This name, with the beginning of the image's key where another one has it. Two that differ only in case, or in
        what follows the last dot, count as alike: a label file has one name for both.
        """
        key = hash(str(path.with_suffix("")).casefold())
        if key in self._taken:
            path = path.with_name(f"{path.stem}_{image[:8]}{path.suffix}")
        self._taken.add(key)
        return path


def safe(picture: Picture) -> PurePosixPath:
    """The source's name without what leads out of a folder; the image's key where nothing is left."""
    words = picture.file.replace("\\", "/").split("/")
    kept = [plain(word) for word in words if word.strip(" .")]
    if not kept:
        return PurePosixPath(picture.image + SUFFIXES[picture.kind])
    return PurePosixPath(*kept)


def plain(word: str) -> str:
    """A name of a file or folder that every system takes."""
    return "".join("_" if sign in '<>:"/\\|?*' or ord(sign) < 32 else sign for sign in word)
