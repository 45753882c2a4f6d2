"""Code streams of one frame, made by other libraries' encoders, and the DICOM files around them."""

import struct
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Any

import gdcm
import jpeg_ls
import numpy as np
from openjpeg.utils import encode_array
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGLosslessSV1, RLELossless

from .made import dataset, dicom, saved


def around(streams: list[bytes], pixels: np.ndarray, syntax: UID, **attributes: Any) -> bytes:
    """A DICOM file with these frames. `pixels` gives the header's size and type; High Bit follows Bits Stored."""
    if "BitsStored" in attributes:
        attributes.setdefault("HighBit", attributes["BitsStored"] - 1)
    made = dataset(pixels, syntax, **attributes)
    made.PixelData = encapsulate(streams)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    return saved(made)


def noise(*shape: int, bits: int = 8, signed: bool = False, seed: int = 3) -> np.ndarray:
    """Samples of so many bits that cannot be guessed from their neighbours; both ends are among them."""
    low = -(2 ** (bits - 1)) if signed else 0
    high = low + 2**bits - 1
    made = np.random.default_rng(seed).integers(low, high + 1, shape)
    made.flat[0], made.flat[1] = low, high
    return made.astype(f"{'int' if signed else 'uint'}{8 if bits <= 8 else 16 if bits <= 16 else 32}")


def smooth(rows: int, columns: int) -> np.ndarray:
    """uint8 [rows, columns, 3] that a lossy JPEG hardly changes."""
    y, x = np.mgrid[:rows, :columns]
    return np.stack([128 + 100 * np.sin(x / 9), 128 + 100 * np.cos(y / 7), 128 + 90 * np.sin((x + y) / 11)], -1).astype(
        "uint8"
    )


def jpeg(pixels: np.ndarray, *, markers: bool = True, **options: Any) -> bytes:
    """Baseline, or with progressive=True progressive; without `markers` nothing tells of its colours."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", **{"quality": 95, "subsampling": 0, **options})
    made = stream.getvalue()
    if markers:
        return made
    (length,) = struct.unpack_from(">H", made, 4)  # the JFIF segment comes first
    return made[:2] + made[4 + length :]


def jpeg2000(pixels: np.ndarray, **options: Any) -> bytes:
    """Lossless unless told otherwise, of 8 or 16 bits: tile_size, num_resolutions, quality_layers, progression, mct."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG2000", no_jp2=True, **{"irreversible": False, **options})
    return stream.getvalue()


def jpeg2000_of(pixels: np.ndarray, bits: int, **options: Any) -> bytes:
    """Lossless, of any precision."""
    return bytes(encode_array(pixels, bits_stored=bits, **options))


def jpegls(pixels: np.ndarray, **options: Any) -> bytes:
    return bytes(jpeg_ls.encode_array(pixels, **options))


def encoded_by_gdcm(pixels: np.ndarray, syntax: UID, **attributes: Any) -> bytes:
    """The code stream that GDCM makes of one frame."""
    with NamedTemporaryFile(suffix=".dcm") as file:
        file.write(dicom(pixels, **attributes))
        file.flush()
        reader = gdcm.ImageReader()
        reader.SetFileName(file.name)
        assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments()
    made: bytes = fragments.GetFragment(0).GetByteValue().GetBuffer().encode("utf-8", "surrogateescape")
    return made


def lossless_jpeg(pixels: np.ndarray, bits: int) -> bytes:
    return encoded_by_gdcm(pixels, JPEGLosslessSV1, BitsStored=bits, HighBit=bits - 1)


def rle(pixels: np.ndarray) -> bytes:
    """One RLE frame of unsigned cells."""
    made = dataset(pixels)
    made.compress(RLELossless, generate_instance_uid=False)
    (length,) = struct.unpack_from("<I", made.PixelData, 4)  # the Basic Offset Table comes first
    (size,) = struct.unpack_from("<I", made.PixelData, 8 + length + 4)
    return bytes(made.PixelData[8 + length + 8 : 8 + length + 8 + size])


def last_tile_part_cut(stream: bytes, count: int) -> bytes:
    """A JPEG 2000 stream without the last `count` bytes of packets, as if it had been written so."""
    start = stream.rindex(b"\xff\x90\0\x0a")
    (length,) = struct.unpack_from(">I", stream, start + 6)
    part = stream[start : start + length - count]
    return stream[:start] + part[:6] + struct.pack(">I", len(part)) + part[10:] + b"\xff\xd9"
