"""Where a data set lies that comes by a page or by REST: a folder that the operator allows, or an uploaded zip."""

from __future__ import annotations

import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from training.datasets.errors import DatasetError

MEMBERS = 500_000  # files in a zip
PATH_LENGTH = 400
CHUNK = 2**20
DICOM_SUFFIXES = (".dcm", ".dicom")
DICM_AT = 128  # where a DICOM file says so
# What a damaged or hostile zip makes of the library.
UNREADABLE = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError),
    *(zlib.error, lzma.LZMAError),
)


def folder_allowed(name: str) -> Path:
    """The folder of this name, if it is one that the operator allows or lies in one. Raises DatasetError.

    A folder that is not allowed and one that is not there are told in the same words.
    """
    try:
        wanted = Path(name).resolve()
    except (OSError, ValueError):
        wanted = Path()
    for root in settings.DATASET_FOLDERS:
        if wanted.is_relative_to(Path(root).resolve()) and wanted.is_dir():
            return wanted
    raise DatasetError(_("There is no such folder among those that the operator allows."))


def zip_check(file: IO[bytes]) -> None:
    """Raises DatasetError for what is no zip, and for a zip with DICOM files: they name their patients until they are
    de-identified, and what is uploaded here is stored first.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            for member in _members(archive):
                if not member.is_dir() and _is_dicom(archive, member):
                    raise DatasetError(
                        _(
                            "The zip holds DICOM files, which name their patients until they are de-identified. Send them by "
                            "the upload page or by REST, or import them from a folder that the operator allows."
                        )
                    )
    except UNREADABLE as error:
        raise DatasetError(_("The file is no zip that can be read. Make it again, without a password.")) from error
    file.seek(0)


def _is_dicom(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    # By its name, too: old files lack the 128 bytes and the sign.
    if member.filename.lower().endswith(DICOM_SUFFIXES):
        return True
    with archive.open(member) as source:
        return source.read(DICM_AT + 4)[DICM_AT:] == b"DICM"


@contextmanager
def unpacked(upload: str) -> Iterator[Path]:
    """An uploaded zip as a folder, which goes with the context. Raises DatasetError where it is no zip that can be read, or
    holds too much.
    """
    with tempfile.TemporaryDirectory(prefix="overread-") as place:
        folder = Path(place) / "data"
        folder.mkdir()
        try:
            with default_storage.open(upload) as file, zipfile.ZipFile(file) as archive:
                _unpack(archive, folder)
        except FileNotFoundError:
            raise DatasetError(_("The uploaded file is no longer there. Upload it again.")) from None
        except UNREADABLE as error:
            raise DatasetError(_("The zip cannot be read. Make it again, without a password.")) from error
        yield folder


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    members = _members(archive)
    left = min(settings.DATASET_ZIP_BYTES, shutil.disk_usage(folder).free // 2)
    for member in members:
        target = _target(folder, member)
        if target is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        left = _copy(archive, member, target, left)


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Raises DatasetError where there are too many to look at."""
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise DatasetError(_("The zip holds more than %(count)d files.") % {"count": MEMBERS})
    return members


def _target(folder: Path, member: zipfile.ZipInfo) -> Path | None:
    """Where a member goes; None for folders, links and names that lead elsewhere."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    kind = stat.S_IFMT(member.external_attr >> 16)
    plain_file = not member.is_dir() and kind in (0, stat.S_IFREG)
    leads_out = name.startswith("/") or ".." in parts or "\0" in name or len(name) > PATH_LENGTH
    if not plain_file or not parts or leads_out:
        return None
    return folder.joinpath(*parts)


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Write a member, counting what really comes out of it and not what it says. Returns how many bytes are left."""
    with archive.open(member) as source, target.open("xb") as out:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise DatasetError(_("The zip holds more than there is room for."))
            out.write(chunk)
    return left
