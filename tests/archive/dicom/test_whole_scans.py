"""A picture that ends in the middle, or lost a part, is refused: bare and inside DICOM, in every coding."""

import re
import struct
import zlib

import numpy as np
import pytest
from pydicom import uid

from overread.archive.dicom import Reader, Refused
from overread.archive.dicom.codecs import jpeg2000

from . import streams
from .made import KEY, picture

CUTS = (1, 2, 3, 5, 8, 13, 21, 31, 32, 33, 55, 144, 377)


def refused(intake: Reader, content: bytes) -> bool:
    """Whether a file gets no picture: at intake, or where it is decoded."""
    try:
        intake.render(intake.take_in(content, key=KEY).content)
    except Refused as refusal:
        assert refusal.code in ("truncated", "decode")
        return True
    return False


def jpeg_without(stream: bytes, count: int) -> bytes:
    """A JPEG whose last `count` bytes of entropy-coded data are missing, and which ends with EOI all the same."""
    return stream[: -2 - count] + b"\xff\xd9"


JPEGS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restart markers": {"restart_marker_blocks": 2},
    "optimized": {"optimize": True},
    "halved chrominance": {"subsampling": 2},
}


@pytest.mark.parametrize("colour", [False, True], ids=["grey", "colour"])
@pytest.mark.parametrize("kind", JPEGS)
def test_a_jpeg_whose_scan_stops(intake: Reader, kind: str, colour: bool):
    pixels = streams.noise(96, 80, 3) if colour else streams.noise(96, 80)
    whole = streams.jpeg(pixels, **JPEGS[kind])
    header = {"PhotometricInterpretation": "YBR_FULL_422"} if colour else {}
    assert not refused(intake, whole)
    assert not refused(intake, streams.around([whole], pixels, uid.JPEGBaseline8Bit, **header))
    for count in CUTS:
        cut = jpeg_without(whole, count)
        assert refused(intake, cut), count
        assert refused(intake, streams.around([cut], pixels, uid.JPEGBaseline8Bit, **header)), count


def test_a_jpeg_damaged_between_restart_markers(intake: Reader):
    pixels = streams.noise(96, 80)
    whole = streams.jpeg(pixels, restart_marker_blocks=4)
    places = [found.start() for found in re.finditer(rb"\xff[\xd0-\xd7]", whole)]
    for first, second in ((2, 3), (len(places) // 2, len(places) // 2 + 2)):
        damaged = whole[: places[first]] + whole[places[second] :]
        assert refused(intake, damaged)
        assert refused(intake, streams.around([damaged], pixels, uid.JPEGBaseline8Bit))


def test_a_progressive_jpeg_without_one_of_its_scans(intake: Reader):
    pixels = streams.noise(96, 80, 3)
    whole = streams.jpeg(pixels, progressive=True)
    scans = [found.start() for found in re.finditer(rb"\xff\xda", whole)]
    assert len(scans) > 5
    for number, start in enumerate(scans):
        # a scan may bring its Huffman tables, which the next one does not need
        end = scans[number + 1] if number + 1 < len(scans) else len(whole) - 2
        lacking = whole[:start] + whole[whole.rfind(b"\xff\xc4", start, end) if number + 1 < len(scans) else end :]
        assert refused(intake, lacking), number
        assert refused(
            intake, streams.around([lacking], pixels, uid.JPEGBaseline8Bit, PhotometricInterpretation="YBR_FULL_422")
        ), number


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_lossless_jpeg_whose_scan_stops(intake: Reader, bits: int):
    pixels = streams.noise(96, 80, bits=bits)
    whole = streams.lossless_jpeg(pixels, bits).rstrip(b"\0")
    assert not refused(intake, streams.around([whole], pixels, uid.JPEGLosslessSV1, BitsStored=bits))
    for count in CUTS:
        cut = streams.around([jpeg_without(whole, count)], pixels, uid.JPEGLosslessSV1, BitsStored=bits)
        assert refused(intake, cut), count


J2K = {
    "plain": {},
    "one resolution": {"num_resolutions": 1},
    "tiles": {"tile_size": (64, 64)},
    "odd tiles": {"tile_size": (37, 53)},
    "layers": {"quality_layers": [20, 5, 1], "irreversible": True},
    "lossy": {"quality_layers": [8], "irreversible": True},
    **{name: {"progression": name} for name in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")},
}


@pytest.mark.parametrize("shape", [(97, 131), (128, 128, 3)], ids=["odd grey", "even colour"])
@pytest.mark.parametrize("kind", J2K)
def test_a_jpeg_2000_whose_packets_stop(intake: Reader, kind: str, shape: tuple[int, ...]):
    pixels = streams.noise(*shape)
    whole = streams.jpeg2000(pixels, **J2K[kind])
    assert not refused(intake, streams.around([whole], pixels, uid.JPEG2000))
    start = whole.rindex(b"\xff\x90\0\x0a")
    (length,) = struct.unpack_from(">I", whole, start + 6)
    packets = length - 14
    for count in sorted({*(each for each in CUTS if each < packets), packets // 2, packets - 1, packets}):
        cut = streams.around([streams.last_tile_part_cut(whole, count)], pixels, uid.JPEG2000)
        assert refused(intake, cut), count


def test_a_jpeg_2000_without_one_of_its_tiles(intake: Reader):
    pixels = streams.noise(96, 96)
    whole = streams.jpeg2000(pixels, tile_size=(48, 48))
    starts = [found.start() for found in re.finditer(rb"\xff\x90\0\x0a", whole)] + [len(whole) - 2]
    assert len(starts) == 5
    for number in range(4):
        lacking = whole[: starts[number]] + whole[starts[number + 1] :]
        assert refused(intake, streams.around([lacking], pixels, uid.JPEG2000)), number


def test_a_jpeg_2000_that_ends_without_its_marker_is_whole(intake: Reader):
    pixels = streams.noise(97, 131)
    whole = streams.jpeg2000(pixels)
    assert not refused(intake, streams.around([whole[:-2]], pixels, uid.JPEG2000Lossless))


@pytest.mark.parametrize("nearest", [0, 3])
def test_a_jpeg_ls_whose_scan_stops(intake: Reader, nearest: int):
    pixels = streams.noise(96, 80)
    whole = streams.jpegls(pixels, lossy_error=nearest)
    syntax = uid.JPEGLSNearLossless if nearest else uid.JPEGLSLossless
    assert not refused(intake, streams.around([whole], pixels, syntax))
    for count in CUTS:
        assert refused(intake, streams.around([jpeg_without(whole, count)], pixels, syntax)), count


@pytest.mark.parametrize("bits", [8, 16])
def test_an_rle_frame_whose_segment_stops(intake: Reader, bits: int):
    pixels = streams.noise(40, 56, bits=bits)
    whole = streams.rle(pixels)
    assert not refused(intake, streams.around([whole], pixels, uid.RLELossless))
    for count in CUTS:
        assert refused(intake, streams.around([whole[: -count - 1]], pixels, uid.RLELossless)), count


def png_with(pixels: np.ndarray, raw: bytes) -> bytes:
    """A PNG of the size of `pixels` whose compressed data hold `raw`, with every checksum right."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("missing", [1, 81, 81 * 40])
def test_a_png_that_lacks_rows(intake: Reader, missing: int):
    pixels = streams.noise(96, 80)
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    assert np.array_equal(intake.pixels(intake.take_in(png_with(pixels, raw), key=KEY).content), pixels)
    assert refused(intake, png_with(pixels, raw[:-missing]))


@pytest.mark.parametrize("interlaced", [False, True])
def test_a_png_cut_anywhere(intake: Reader, interlaced: bool):
    whole = picture(streams.noise(40, 56), interlace=interlaced)
    for count in CUTS:
        if count > 4:  # behind the picture lies the checksum of an empty chunk
            assert refused(intake, whole[:-count]), count


def lengthened(stream: bytes, at: int, more: bytes) -> bytes:
    """A JPEG 2000 stream of one tile-part with more bytes in it, `at` so many behind the start of its packets."""
    start = stream.rindex(b"\xff\x90\0\x0a")
    place = stream.index(b"\xff\x93", start) + 2 + at
    made = stream[:place] + more + stream[place:]
    return made[: start + 6] + struct.pack(">I", len(made) - 2 - start) + made[start + 10 :]


@pytest.mark.parametrize("at", [300, 900, 1500])
@pytest.mark.parametrize("count", [1, 8, 32])
def test_a_jpeg2000_with_foreign_bytes_among_its_packets(intake: Reader, at: int, count: int):
    pixels = streams.noise(64, 64)
    stream = streams.jpeg2000(pixels)
    assert not refused(intake, streams.around([stream], pixels, uid.JPEG2000Lossless))
    damaged = lengthened(stream, at, bytes(range(100, 100 + count)))
    assert refused(intake, streams.around([damaged], pixels, uid.JPEG2000Lossless))


@pytest.mark.parametrize("pixels", [streams.noise(64, 64), np.zeros((64, 64), np.uint8)], ids=["noise", "black"])
def test_a_jpeg2000_with_text_behind_its_last_packet(intake: Reader, pixels: np.ndarray):
    stream = streams.jpeg2000(pixels)
    behind = len(stream) - 2 - stream.index(b"\xff\x93") - 2
    assert not refused(intake, streams.around([stream], pixels, uid.JPEG2000Lossless))
    assert refused(
        intake, streams.around([lengthened(stream, behind, b"a note of somebody")], pixels, uid.JPEG2000Lossless)
    )


@pytest.mark.parametrize("options", [{}, {"tile_size": (32, 32)}])
def test_the_proof_undoes_no_wavelet(monkeypatch: pytest.MonkeyPatch, options: dict):
    """Each tile is proved by a stream that must fail. Once Pillow has read the whole one, its word is enough for that."""
    pixels = streams.noise(128, 128)
    stream = streams.jpeg2000(pixels, **options)
    decoded: list[bytes] = []
    decode = jpeg2000.decode_pixel_data
    monkeypatch.setattr(
        jpeg2000, "decode_pixel_data", lambda code, **more: decoded.append(code) or decode(code, **more)
    )
    described = jpeg2000.describe(stream, None)
    assert np.array_equal(jpeg2000.decode(stream, described, uid.JPEG2000Lossless), pixels)
    assert len(decoded) == 1


@pytest.mark.parametrize("options", [{"tile_size": (32, 32)}, {"quality_layers": [40, 10, 1]}, {"num_resolutions": 1}])
@pytest.mark.parametrize("black", [False, True])
def test_every_way_of_cutting_into_packets_is_read(intake: Reader, options: dict, black: bool):
    pixels = np.zeros((80, 72), np.uint8) if black else streams.noise(80, 72)
    assert not refused(intake, streams.around([streams.jpeg2000(pixels, **options)], pixels, uid.JPEG2000Lossless))


def rle_of(rows: list[bytes]) -> bytes:
    segment = b"".join(rows)
    return struct.pack("<16I", 1, 64, *[0] * 14) + segment + bytes(len(segment) % 2)


def test_an_rle_segment_with_a_row_too_many(intake: Reader):
    pixels = streams.noise(24, 20)
    rows = [bytes([19]) + row.tobytes() for row in pixels]
    assert not refused(intake, streams.around([rle_of(rows)], pixels, uid.RLELossless))
    assert refused(intake, streams.around([rle_of(rows[:9] + rows[8:])], pixels, uid.RLELossless))


def test_an_rle_run_that_was_made_even(intake: Reader):
    """Some encoders lengthen the last run by one byte, so that the segment has an even length."""
    pixels = streams.noise(5, 5)
    rows = [bytes([4]) + row.tobytes() for row in pixels]
    rows[-1] = bytes([5]) + pixels[-1].tobytes() + b"\0"
    content = streams.around([rle_of(rows)], pixels, uid.RLELossless)
    assert np.array_equal(intake.pixels(intake.take_in(content, key=KEY).content), pixels)
