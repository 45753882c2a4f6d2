"""PNG and JPEG files made to harm."""

import struct
import zlib

import numpy as np
import pytest

from overread.archive.dicom import Limits, Reader, Refused
from tests.archive.dicom.made import KEY, picture

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(columns: int, rows: int, depth: int = 8, colour: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, colour, 0, 0, 0))


def code(reader: Reader, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        reader.take_in(content, key=KEY)
    return refused.value.code


@pytest.mark.parametrize("side", [20_000, 65_535, 2**31 - 1])
def test_a_png_bomb_is_refused_by_its_size(intake: Reader, side: int):
    data = zlib.compress(bytes(1_000_000), 9)
    assert code(intake, PNG + header(side, side) + chunk(b"IDAT", data) + chunk(b"IEND", b"")) == "too_large"


def test_a_png_of_nothing_is_refused(intake: Reader):
    assert code(intake, PNG + header(0, 0) + chunk(b"IEND", b"")) == "decode"
    assert code(intake, PNG + header(8, 8) + chunk(b"IEND", b"")) in ("decode", "truncated")
    assert code(intake, PNG) in ("decode", "truncated")


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_in_a_png_text_does_no_harm(intake: Reader, name: bytes):
    bomb = zlib.compress(bytes(200_000_000), 9)
    prefix = b"k\0\1\0\0\0" if name == b"iTXt" else b"k\0\0"
    pixels = zlib.compress(b"\0" + bytes(8), 9)
    content = PNG + header(8, 1) + chunk(name, prefix + bomb) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    try:
        assert len(intake.take_in(content, key=KEY).content) < 1000
    except Refused as refused:
        assert refused.code == "decode"


def test_a_flipped_byte_in_a_png_is_found(intake: Reader):
    content = bytearray(picture(np.zeros((64, 64), "uint8")))
    content[content.index(b"IDAT") + 10] ^= 0x55
    assert code(intake, bytes(content)) == "decode"


def test_a_jpeg_bomb_is_refused_by_its_size(intake: Reader):
    jpeg = bytearray(picture(np.zeros((64, 64), "uint8"), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 65500, 65500)
    assert code(intake, bytes(jpeg)) == "too_large"


def test_the_limit_on_pixels_is_the_callers():
    with Reader(Limits(pixel_bytes=1000)) as reader:
        assert code(reader, picture(np.zeros((64, 64), "uint8"))) == "too_large"
