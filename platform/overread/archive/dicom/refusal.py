"""Why a file was not taken: a stable code for programs and one sentence for people."""

from collections.abc import Iterator
from contextlib import contextmanager

CODES = {
    "attribute": "an attribute of the image is missing or means nothing",
    "bits": "bits allocated, stored or the pixel representation are impossible",
    "contradiction": "the header and the code stream of the pixel data say different things",
    "crashed": "the reader of this file was ended by the system",
    "decode": "the pixels do not decode",
    "deflate": "the deflated data set does not inflate",
    "dimensions": "rows or columns are zero or missing",
    "empty": "the file is empty",
    "encapsulation": "the fragments of the pixel data do not fit the image",
    "frames": "the number of frames means nothing, or there are too many",
    "headless": "DICOM without its preamble and file meta information",
    "identity": "something that names the patient was still in the file after de-identification",
    "memory": "reading the file took more memory than allowed",
    "nesting": "sequences nested too deep",
    "no_pixels": "a DICOM object that holds no image",
    "not_an_image": "neither DICOM nor PNG nor JPEG",
    "patient_conflict": "another patient than the one given is on record for the same image",
    "patient_contradicts": "the file names another patient than the one given",
    "patient_named_later": "a patient is given for an image that came without one",
    "photometric": "a photometric interpretation that nobody defined, or one that does not fit the samples",
    "samples": "neither one nor three samples per pixel",
    "timeout": "reading the file took longer than allowed",
    "too_large": "the file, or what it inflates to, is larger than allowed",
    "transfer_syntax": "the transfer syntax is missing or is not read here",
    "truncated": "the file ends early",
    "unreadable": "the file could not be parsed",
}


MALFORMED = (KeyError, ValueError, TypeError, OverflowError, AttributeError, NotImplementedError)
"""What pydicom raises where the value of an element is not of its VR."""
RUST_PANIC = "PanicException"  # what a decoder in Rust raises when it fails, and no Exception


class Refused(Exception):
    """A file that is not taken.

    `code` is one of CODES and never changes its meaning; `reason` is one English sentence that says what was wrong and
    with which attribute, and never holds a text value out of the file, so that no identity can travel in it.
    """

    def __init__(self, code: str, reason: str) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not a code of refusal")
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} [{self.code}]"


@contextmanager
def refusing(code: str, reason: str) -> Iterator[None]:
    """Turn whatever a library raises on hostile input into Refused, except for what says more by itself."""
    try:
        yield
    except (Refused, MemoryError, RecursionError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != RUST_PANIC:
            raise
        raise Refused(code, reason) from error
