"""DICOM files made to harm: each is refused or cleaned, nothing crashes, hangs or outgrows its limit."""

import struct
import zlib

import numpy as np
import pytest
from pydicom import uid
from pydicom.encaps import encapsulate

from overread.archive.dicom import Limits, Reader, Refused
from tests.archive.dicom.made import KEY, dataset, dicom, picture, ramp, saved

MIB = 1024 * 1024


def meta(syntax: uid.UID) -> bytes:
    """Preamble, prefix and file meta information, whose first element holds its length."""
    content = dicom(ramp(), syntax)
    return content[: 144 + struct.unpack_from("<I", content, 140)[0]]


META, DEFLATED = meta(uid.ExplicitVRLittleEndian), meta(uid.DeflatedExplicitVRLittleEndian)


def element(group: int, number: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """One explicit little-endian element, whose length may lie."""
    length = len(value) if length is None else length
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return struct.pack("<HH2sHI", group, number, vr, 0, length) + value
    return struct.pack("<HH2sH", group, number, vr, length) + value


def taken(reader: Reader, content: bytes) -> str:
    """The code of refusal, or "" for a file that is taken in and decoded."""
    try:
        reader.render(reader.take_in(content, key=KEY).content)
    except Refused as refused:
        assert refused.reason
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\0", "not_an_image"),
        (b"hello, this is text\n" * 40, "not_an_image"),
        (b"MZ" + bytes(4000), "not_an_image"),
        (b"PK\x03\x04" + bytes(4000), "not_an_image"),
        (b"<html><script>alert(1)</script></html>", "not_an_image"),
        (bytes(128) + b"DICM", "transfer_syntax"),
        (bytes(128) + b"DICM" + b"\xff" * 5000, "transfer_syntax"),
        (META, "no_pixels"),
        (dicom()[len(META) :], "headless"),
    ],
)
def test_what_is_no_image_is_refused(intake: Reader, content: bytes, code: str):
    assert taken(intake, content) == code


def test_a_file_larger_than_allowed_is_refused_unread():
    with Reader(Limits(file_bytes=1000)) as reader:
        assert taken(reader, dicom(ramp(40, 40))) == "too_large"
        assert reader.pids() == ()


def bomb(size: int) -> bytes:
    """Zeros, deflated a thousandfold."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return machine.compress(bytes(size)) + machine.flush()


def test_a_deflate_bomb_is_refused_at_its_bound():
    with Reader(Limits(inflated_bytes=64 * MIB, memory_bytes=512 * MIB)) as reader:
        assert taken(reader, DEFLATED + bomb(200 * MIB)) == "too_large"


def test_a_bomb_beyond_the_memory_limit_is_refused_and_the_next_file_works():
    with Reader(Limits(memory_bytes=400 * MIB)) as reader:
        assert taken(reader, DEFLATED + bomb(200 * MIB)) == "memory"
        assert taken(reader, dicom()) == ""


@pytest.mark.parametrize(
    ("tail", "code"), [(b"garbage" * 9, "deflate"), (zlib.compress(bytes(999))[2:-9], "truncated")]
)
def test_broken_deflate_is_refused(intake: Reader, tail: bytes, code: str):
    assert taken(intake, DEFLATED + tail) == code


@pytest.mark.parametrize("vr", [b"SQ", b"UN"])
def test_three_thousand_nested_sequences_are_refused(intake: Reader, vr: bytes):
    start = element(0x0008, 0x1140, vr, b"", 0xFFFFFFFF) + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    assert taken(intake, META + start * 3000) == "nesting"


def test_nested_sequences_of_stated_length_are_dropped_unread(intake: Reader):
    nest = b""
    for _ in range(3000):
        nest = element(0x0008, 0x1140, b"SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(nest)) + nest)
    whole = dicom()
    at = whole.index(b"\x20\x00\x0d\x00")
    assert taken(intake, whole[:at] + whole[at:]) == ""
    assert taken(intake, META + nest + whole[len(META) :]) == ""


def test_a_flood_of_elements_runs_into_the_time_limit():
    flood = b"".join(struct.pack("<HH2sH", 9, number, b"SH", 0) for number in range(0x1000, 0xFFFF))
    with Reader(Limits(cpu_seconds=1)) as reader:
        assert taken(reader, META + flood * 40) == "timeout"
        assert taken(reader, dicom()) == ""


@pytest.mark.parametrize("length", [0xFFFFFFFE, 0x7FFFFFFF, 100_000])
def test_an_element_that_claims_more_than_there_is_is_refused(intake: Reader, length: int):
    assert taken(intake, META + element(0x0008, 0x1030, b"UT", b"short", length)) == "truncated"


def test_pixel_data_twice_are_refused(intake: Reader):
    assert taken(intake, dicom() + element(0x7FE0, 0x0010, b"OW", bytes(4))) == "attribute"


def test_fragments_in_an_uncompressed_file_are_refused(intake: Reader):
    head = dicom()[: dicom().index(b"\xe0\x7f\x10\x00")]
    assert taken(intake, head + element(0x7FE0, 0x0010, b"OB", b"", 0xFFFFFFFF)) == "encapsulation"


def fragments(syntax: uid.UID, *frames: bytes, **attributes) -> bytes:
    made = dataset(ramp(64, 64, "uint8"), syntax)
    made.PixelData = encapsulate(list(frames))
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return saved(made)


def test_fewer_fragments_than_frames_are_refused(intake: Reader):
    assert taken(intake, fragments(uid.RLELossless, bytes(100), NumberOfFrames=5)) == "encapsulation"


@pytest.mark.parametrize("items", [0, 1, 3])
def test_nothing_in_the_fragments_is_refused(intake: Reader, items: int):
    whole = fragments(uid.RLELossless, b"some")
    head = whole[: whole.index(b"\xe0\x7f\x10\x00")] + element(0x7FE0, 0x0010, b"OB", b"", 0xFFFFFFFF)
    empty = struct.pack("<HHI", 0xFFFE, 0xE000, 0) * items
    assert taken(intake, head + empty + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)) == "encapsulation"


def test_fragments_cut_short_are_refused(intake: Reader):
    assert taken(intake, fragments(uid.RLELossless, bytes(1000))[:-300]) == "truncated"


def test_a_run_length_bomb_is_refused(intake: Reader):
    header = struct.pack("<16I", 1, 64, *[0] * 14)
    assert taken(intake, fragments(uid.RLELossless, header + b"\x81\xff" * 500_000)) == "decode"


def test_a_run_that_is_longer_than_its_image_is_refused(intake: Reader):
    """pylibjpeg-rle ends in a Rust panic here, which is no Exception."""
    made = dataset(ramp(32, 32))
    made.compress(uid.RLELossless, generate_instance_uid=False)
    content = saved(made)
    start = content.index(struct.pack("<II", 2, 64)) + 64
    codes = {taken(intake, content[:at] + b"\x81" + content[at + 1 :]) for at in range(start, start + 300, 6)}
    assert codes <= {"", "decode", "truncated"}
    assert "decode" in codes


JPEGS = [uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1]
OTHERS = [uid.JPEGLSLossless, uid.JPEGLSNearLossless, uid.JPEG2000, uid.JPEG2000Lossless, uid.HTJ2K, uid.RLELossless]


@pytest.mark.parametrize("syntax", JPEGS + OTHERS)
@pytest.mark.parametrize("noise", [b"\xff\xd8\xff\xd9", b"\xff\xd8" + bytes(900), bytes(range(256)) * 8], ids=range(3))
def test_noise_in_the_place_of_a_code_stream_is_refused(intake: Reader, syntax: uid.UID, noise: bytes):
    assert taken(intake, fragments(syntax, noise)) in ("decode", "truncated", "contradiction")


@pytest.mark.parametrize("side", [65535, 65, 1])
def test_a_code_stream_of_another_size_than_its_header_is_refused(intake: Reader, side: int):
    jpeg = bytearray(picture(ramp(64, 64, "uint8"), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", side, side)
    assert taken(intake, fragments(uid.JPEGBaseline8Bit, bytes(jpeg))) in ("contradiction", "dimensions")


def test_a_huge_jpeg2000_code_stream_is_refused(intake: Reader):
    made = dataset(ramp(64, 64, "uint8"))
    made.compress(uid.JPEG2000Lossless, generate_instance_uid=False)
    stream = bytearray(saved(made))
    at = stream.index(b"\xff\x51") + 6
    for offset in (0, 4, 16, 20):  # Xsiz, Ysiz, XTsiz, YTsiz
        stream[at + offset - 0 : at + offset + 4] = struct.pack(">I", 0x0FFFFFFF)
    assert taken(intake, bytes(stream)) == "contradiction"


def test_an_extended_offset_table_out_of_bounds_is_not_followed(intake: Reader):
    made = dataset(ramp(64, 64, "uint8"))
    made.compress(uid.RLELossless, generate_instance_uid=False)
    made.ExtendedOffsetTable = struct.pack("<Q", 2**60)
    made.ExtendedOffsetTableLengths = struct.pack("<Q", 2**60)
    assert np.array_equal(intake.pixels(saved(made)), ramp(64, 64, "uint8"))


def test_a_palette_that_refers_to_itself_is_refused(intake: Reader):
    made = dataset(ramp(4, 4, "uint8"), PhotometricInterpretation="PALETTE COLOR")
    table = struct.pack("<10H", 0, 1, 7, 2, 65535, 0, 0, 2, 65535, 0)
    for colour in ("Red", "Green", "Blue"):
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(made, f"Segmented{colour}PaletteColorLookupTableData", table)
    assert taken(intake, saved(made)) in ("attribute", "nesting")


@pytest.mark.filterwarnings("ignore:Unknown encoding")
def test_odd_character_sets_and_control_characters_do_no_harm(intake: Reader):
    made = dataset(ramp(), Manufacturer="A\x1b[31m<script>", ManufacturerModelName="ok")
    made.SpecificCharacterSet = "ISO 2022 IR 87"
    made["SpecificCharacterSet"]._value = "NO SUCH SET"
    facts = intake.take_in(saved(made).replace(b"MRN-1", b"\xff\xfe\x80\x81\x82"), key=KEY).facts
    assert facts.device == "ok"
    assert len(facts.patient) == 32


def test_many_frames_are_capped(intake: Reader):
    made = dataset(np.zeros((1, 1, 1), "uint8"), NumberOfFrames="2147483647")
    assert taken(intake, saved(made)) == "frames"
