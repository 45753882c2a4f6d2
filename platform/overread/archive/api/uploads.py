"""One file out of a request, in bounded memory and never onto a disk: until it is de-identified it names a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from overread.api import Problem

ENVELOPE = 64 * 1024  # what multipart may add around the file
FIELDS = {"patient", "csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Upload:
    """One file as it came, and the patient that its sender names. Neither is shown in errors."""

    content: bytes = field(repr=False)
    patient: str = field(default="", repr=False)


def too_large() -> Problem:
    limit = settings.UPLOAD_MAX_BYTES // 2**20
    return Problem("The file is too large.", f"A file has {limit} MiB at most.", status=413)


def announced(context: Mapping[str, Any], limit: int) -> int:
    """The Content-Length, at most `limit`. Raises Problem 413 above it: before a byte is read."""
    length = int(context["request"].META["CONTENT_LENGTH"])
    if length > limit:
        raise too_large()
    return max(length, 0)


class FileBody(BaseParser):
    """The body is the file: an Upload."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        length = announced(parser_context or {}, settings.UPLOAD_MAX_BYTES)
        content = bytes(stream.read(length))
        if len(content) != length:
            raise ParseError("The body ended early. Send the file again.")
        return Upload(content)


class DicomBody(FileBody):
    media_type = "application/dicom"


class PngBody(FileBody):
    media_type = "image/png"


class JpegBody(FileBody):
    media_type = "image/jpeg"


class FormBody(BaseParser):
    """A form with one file, called `file`, and perhaps the `patient`: an Upload."""

    media_type = "multipart/form-data"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]
        announced(parser_context or {}, settings.UPLOAD_MAX_BYTES + ENVELOPE)
        try:
            fields, files = MultiPartParser(request.META, cast(Any, stream), [InMemory(request)], "utf-8").parse()
        except MultiPartParserError as error:
            raise ParseError(f"The form is malformed: {error}") from error
        sent = files.getlist("file")
        patients = fields.getlist("patient")
        if len(sent) != 1 or len(files) != 1 or len(patients) > 1 or set(fields) - FIELDS:
            raise ParseError("Send one file a request, in the field `file`, its `patient` if known, and nothing else.")
        return Upload(bytes(sent[0].read()), "".join(patients))


class InMemory(FileUploadHandler):
    """Keeps one file in memory, up to the largest that is taken."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            raise too_large()
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(self.content, self.field_name, "file", self.content_type, file_size, None)
