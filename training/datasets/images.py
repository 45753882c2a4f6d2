"""Finding the files that a data set names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from training.datasets.errors import DatasetError

SUFFIXES = (".png", ".jpg", ".jpeg", ".dcm", ".dicom", ".PNG", ".JPG", ".JPEG", ".DCM")


class Images:
    """The image files below a folder. No name leads out of it, neither by "../" nor by a link.

    `prefix` is taken off a name, `suffix` put onto one that lacks it. A name without folders is looked for in all of them.
    """

    def __init__(self, root: Path, *, prefix: str = "", suffix: str = "") -> None:
        self.root = root.resolve()
        self._prefix = prefix
        self._suffix = suffix
        self._places: dict[str, list[Path]] | None = None

    def find(self, name: str) -> Path:
        """The file of this name. Raises DatasetError with the path that was tried."""
        wanted = self._wanted(name)
        if not wanted:
            raise DatasetError("No image file is named.")
        for candidate in self._candidates(wanted):
            path = self._below(candidate)
            if is_file(path):
                return path
        if not {"/", "\\"} & set(wanted):
            return self._find_anywhere(wanted)
        raise DatasetError(f"There is no file {wanted} below the folder of the images.")

    def _wanted(self, name: str) -> str:
        wanted = name.strip().removeprefix(self._prefix)
        if self._suffix and not wanted.endswith(self._suffix):
            wanted += self._suffix
        return wanted

    def _candidates(self, wanted: str) -> list[str]:
        """The name as it stands; with / for the \\ of Windows; without the folder's own name; with a usual suffix."""
        names = [wanted]
        if "\\" in wanted:
            names.append(wanted.replace("\\", "/"))
        head, _, rest = names[-1].partition("/")
        if rest and head == self.root.name:
            names.append(rest)
        if PurePosixPath(names[-1]).suffix.lower() not in SUFFIXES:
            names += [name + suffix for name in list(names) for suffix in SUFFIXES]
        return names

    def _below(self, name: str) -> Path:
        try:
            path = (self.root / name).resolve()
        except (OSError, ValueError):
            raise DatasetError(f"{name!r} is no name of a file.") from None
        # Resolved first, so that neither "../" nor a link leads to the server's other files.
        if not path.is_relative_to(self.root):
            raise DatasetError(f"The image {name!r} does not lie below the folder of the images.")
        return path

    def _find_anywhere(self, wanted: str) -> Path:
        if self._places is None:
            self._places = {}
            for path in sorted(self.root.rglob("*")):
                if path.is_file() and path.resolve().is_relative_to(self.root):
                    self._places.setdefault(path.name, []).append(path)
        for candidate in self._candidates(wanted):
            found = self._places.get(PurePosixPath(candidate).name, [])
            if len(found) > 1:
                places = ", ".join(str(path.relative_to(self.root)) for path in found[:3])
                raise DatasetError(f"{wanted} stands for several files: {places}.")
            if found:
                return found[0]
        raise DatasetError(f"There is no file {wanted} anywhere below the folder of the images.")


def is_file(path: Path) -> bool:
    """Whether there is a file, even if the path is none that the system takes, as one that is too long."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
