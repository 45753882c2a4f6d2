"""Which transfer syntaxes are read, and by whom.

A codec is a file in this folder: `describe` tells what a code stream says of itself, `essential` what of its bytes the
picture needs, `decode` gives its samples. The JPEG family goes to GDCM, because pylibjpeg-libjpeg is under the GPL and
clamps JPEG Lossless; JPEG 2000 goes to OpenJPEG, JPEG-LS to CharLS, RLE to pylibjpeg-rle. Native pixel data need none.
"""

from typing import Protocol

from pydicom import uid

from overread.archive.dicom.shape import Shape

from . import jpeg, jpeg2000, jpeg_ls, rle
from .code_stream import CodeStream, Piece, Pixels, Stream, content_of, joined

__all__ = ["LOSSLESS", "Codec", "CodeStream", "Piece", "Pixels", "codec_for", "content_of", "joined", "starts_frame"]


class Codec(Protocol):
    """What a file in this folder holds. `shape` is what the DICOM header says."""

    def describe(self, stream: Stream, shape: Shape) -> CodeStream:
        """What the code stream of a frame says of itself. Raises Refused."""

    def essential(self, stream: Stream, shape: Shape) -> list[Piece]:
        """The pieces of the frame that its picture needs, in order. Raises Refused."""

    def decode(self, stream: bytes, described: CodeStream, syntax: str) -> Pixels:
        """Its samples, [rows, columns] or [rows, columns, samples], after proof that none is missing. Raises Refused."""


CODECS: dict[str, Codec | None] = {
    uid.ImplicitVRLittleEndian: None,
    uid.ExplicitVRLittleEndian: None,
    uid.ExplicitVRBigEndian: None,
    uid.DeflatedExplicitVRLittleEndian: None,
    uid.JPEGBaseline8Bit: jpeg,
    uid.JPEGExtended12Bit: jpeg,
    uid.JPEGLossless: jpeg,
    uid.JPEGLosslessSV1: jpeg,
    uid.JPEGLSLossless: jpeg_ls,
    uid.JPEGLSNearLossless: jpeg_ls,
    uid.JPEG2000Lossless: jpeg2000,
    uid.JPEG2000: jpeg2000,
    uid.HTJ2KLossless: jpeg2000,
    uid.HTJ2KLosslessRPCL: jpeg2000,
    uid.HTJ2K: jpeg2000,
    uid.RLELossless: rle,
}

LOSSLESS = frozenset(
    {
        *(uid.JPEGLossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless, uid.JPEG2000Lossless),
        *(uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL, uid.RLELossless),
    }
)


def is_read(syntax: str) -> bool:
    """Whether pixel data in this transfer syntax are decoded here."""
    return syntax in CODECS


def codec_for(syntax: str) -> Codec | None:
    """The codec of a transfer syntax that is read; None for native pixel data."""
    return CODECS[syntax]


def starts_frame(fragment: Stream) -> bool:
    """Whether a fragment is the beginning of a frame, not the continuation of one, in any compressed syntax."""
    begins = bytes(fragment[:8])
    return begins.startswith((jpeg.BEGINS, jpeg2000.BEGINS, jpeg2000.JP2_BEGINS)) or rle.begins(fragment)
