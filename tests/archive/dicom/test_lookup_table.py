"""Modality LUT, VOI LUT and palettes are read by one reader, whatever way a file writes them."""

import numpy as np
import pytest
from pydicom import uid
from pydicom.dataset import Dataset

from overread.archive.dicom import Reader, Refused, unpack

from .made import KEY, dataset, saved

RAMP = np.tile(np.linspace(0, 4095, 64).astype("uint16"), (64, 1))
FALLING = 4095 - np.arange(4096)
SYNTAXES = [
    uid.ExplicitVRLittleEndian,
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
]


def words(numbers, syntax: uid.UID) -> bytes:
    return np.asarray(numbers).astype(f"{'<' if syntax.is_little_endian else '>'}u2").tobytes()


def put(item: Dataset, keyword: str, vr: str, numbers, syntax: uid.UID) -> None:
    """An attribute as numbers (US, SS) or, in the byte order of the syntax, as bytes. OB and UN have the order of files."""
    numbers = [int(number) for number in numbers]
    if vr == "SS":
        item.add_new(keyword, vr, [(number % 65536 ^ 0x8000) - 0x8000 for number in numbers])
    elif vr == "US":
        item.add_new(keyword, vr, [number % 65536 for number in numbers])
    else:
        item.add_new(
            keyword, vr, words(np.array(numbers) % 65536, uid.ExplicitVRLittleEndian if vr == "OB" else syntax)
        )


def with_table(
    sequence: str, descriptor, data, *, syntax=uid.ExplicitVRLittleEndian, vrs=("US", "US"), pixels=RAMP, **attributes
) -> bytes:
    attributes.setdefault("BitsStored", 12)
    made = dataset(pixels, syntax, HighBit=attributes["BitsStored"] - 1, **attributes)
    item = Dataset()
    put(item, "LUTDescriptor", vrs[0], descriptor, syntax)
    put(item, "LUTData", vrs[1], data, syntax)
    if sequence == "ModalityLUTSequence":
        item.ModalityLUTType = "US"
    setattr(made, sequence, [item])
    return saved(made)


def numbers(intake: Reader, content: bytes) -> np.ndarray:
    rendering = intake.render(intake.take_in(content, key=KEY).content)
    assert rendering == intake.render(content)
    return unpack(rendering.full, rendering.rows, rendering.columns, rendering.channels)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("data", ["US", "SS", "OW", "OB", "UN"])
@pytest.mark.parametrize("descriptor", ["US", "SS", "OW", "UN"])
def test_a_modality_lut_in_every_writing(intake: Reader, descriptor: str, data: str, syntax: uid.UID):
    content = with_table("ModalityLUTSequence", [4096, 0, 16], FALLING, syntax=syntax, vrs=(descriptor, data))
    assert np.array_equal(numbers(intake, content), FALLING[RAMP])


@pytest.mark.parametrize("bits", range(8, 17))
def test_entries_of_eight_to_sixteen_bits(intake: Reader, bits: int):
    table = np.arange(4096) * (2**bits - 1) // 4095
    assert np.array_equal(numbers(intake, with_table("ModalityLUTSequence", [4096, 0, bits], table)), table[RAMP])


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("data", ["US", "OW"])
@pytest.mark.parametrize("count", [4096, 4095])
def test_two_entries_in_a_word(intake: Reader, count: int, data: str, syntax: uid.UID):
    table = np.arange(count) % 251
    packed = np.append(table, [0] * (count % 2)).astype("uint8").view("<u2")
    content = with_table("ModalityLUTSequence", [count, 0, 8], packed, syntax=syntax, vrs=("US", data))
    assert np.array_equal(numbers(intake, content), table[RAMP.clip(0, count - 1)])


def test_a_table_of_64_k_entries(intake: Reader):
    pixels = np.linspace(0, 65535, 4096).astype("uint16").reshape(64, 64)
    table = 65535 - np.arange(65536)
    content = with_table("ModalityLUTSequence", [0, 0, 16], table, vrs=("US", "OW"), pixels=pixels, BitsStored=16)
    assert np.array_equal(numbers(intake, content), table[pixels])


@pytest.mark.parametrize("vr", ["US", "SS"])
def test_the_first_value_may_be_negative(intake: Reader, vr: str):
    """By the sign and the bits of the image, whatever the VR: its smallest pixel may lie far above."""
    pixels = np.tile(np.linspace(500, 2000, 64).astype("int16"), (64, 1))
    content = with_table("ModalityLUTSequence", [4096, -2048, 16], range(4096), vrs=(vr, "US"), pixels=pixels)
    assert np.array_equal(numbers(intake, content), pixels + 2048)


def test_values_outside_the_table_get_its_ends(intake: Reader):
    table = 100 + np.arange(1000)
    content = with_table("ModalityLUTSequence", [1000, 500, 16], table)
    assert np.array_equal(numbers(intake, content), table[(RAMP.astype(int) - 500).clip(0, 999)])


@pytest.mark.parametrize("there", [0, 1, 1000, 2047, 2049, 4095])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_table_that_is_too_short_is_refused(intake: Reader, bits: int, there: int):
    table = (np.arange(there) % 256).tolist() or [0]
    with pytest.raises(Refused) as refused:
        numbers(intake, with_table("ModalityLUTSequence", [4096, 0, bits], table))
    assert refused.value.code == "attribute"


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("data", ["US", "SS", "OW", "UN"])
def test_a_voi_lut_in_every_writing(intake: Reader, data: str, syntax: uid.UID):
    content = with_table("VOILUTSequence", [4096, 0, 12], FALLING, syntax=syntax, vrs=("US", data))
    (window,) = intake.render(intake.take_in(content, key=KEY).content).windows
    assert (window.label, window.center, window.width) == ("VOI LUT 1", 2047.5, 4095)
    assert np.allclose(window.table, np.linspace(1, 0, len(window.table)), atol=1e-3)


@pytest.mark.parametrize(
    ("bits", "highest", "white"),
    [(12, 4095, 1.0), (12, 2047, 0.4999), (16, 65535, 1.0), (16, 4095, 1.0), (16, 40000, 0.6104), (8, 255, 1.0)],
)
def test_white_is_the_highest_number_of_the_bits_stated(intake: Reader, bits: int, highest: int, white: float):
    """C.11.2.1.1; but a device that states 16 bits and fills at most 12 of them means these."""
    content = with_table("VOILUTSequence", [4096, 0, bits], np.arange(4096) * highest // 4095)
    (window,) = intake.render(intake.take_in(content, key=KEY).content).windows
    assert window.table[-1] == pytest.approx(white, abs=1e-3)


def test_a_voi_lut_that_cannot_be_read_is_told(intake: Reader):
    rendering = intake.render(intake.take_in(with_table("VOILUTSequence", [4096, 0, 12], [1, 2, 3]), key=KEY).content)
    assert rendering.windows[0].label == "Automatic, VOI LUT unreadable"


COLOURS = ("Red", "Green", "Blue")
INDICES = np.tile(np.arange(256, dtype="uint8"), (8, 1))


def palette(bits: int, data: str, syntax: uid.UID, tables, *, count: int = 256, segmented: bool = False) -> bytes:
    made = dataset(INDICES, syntax, PhotometricInterpretation="PALETTE COLOR")
    for colour, table in zip(COLOURS, tables, strict=True):
        put(made, f"{colour}PaletteColorLookupTableDescriptor", "US", [count, 0, bits], syntax)
        name = f"{'Segmented' if segmented else ''}{colour}PaletteColorLookupTableData"
        put(made, name, data, table, syntax)
    return saved(made)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("data", ["US", "OW", "UN"])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_in_every_writing(intake: Reader, bits: int, data: str, syntax: uid.UID):
    tables = [np.arange(256), 255 - np.arange(256), np.arange(256) * 7 % 256]
    wide = [table * 257 for table in tables] if bits == 16 else tables
    assert np.array_equal(
        numbers(intake, palette(bits, data, syntax, wide)), np.stack(tables, axis=-1)[INDICES].astype("uint8")
    )


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_palette_of_packed_bytes(intake: Reader, syntax: uid.UID):
    tables = [np.arange(256), 255 - np.arange(256), np.arange(256) * 7 % 256]
    packed = [table.astype("uint8").view("<u2") for table in tables]
    assert np.array_equal(
        numbers(intake, palette(8, "OW", syntax, packed)), np.stack(tables, axis=-1)[INDICES].astype("uint8")
    )


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_segmented_palette(intake: Reader, syntax: uid.UID):
    """Discrete, linear and indirect segments (C.7.9.2): the last one repeats the first two."""
    discrete, linear = [0, 2, 0, 257], [1, 126, 127 * 257]
    table = [*discrete, *linear, 2, 2, 0, 0]
    expected = np.concatenate([np.arange(128), np.arange(128)])
    found = numbers(intake, palette(16, "OW", syntax, [table] * 3, segmented=True))
    assert np.abs(found.astype(int) - expected[INDICES]).max() <= 1


BEHIND = np.frombuffer(b"Mustermann", "<u2").tolist()


@pytest.mark.parametrize("data", ["US", "SS", "OW", "OB", "UN"])
@pytest.mark.parametrize("bits", [8, 16])
def test_nothing_behind_the_entries_is_kept(intake: Reader, bits: int, data: str):
    table = np.arange(4096) * (2**bits - 1) // 4095
    content = with_table("ModalityLUTSequence", [4096, 0, bits], [*table, *BEHIND], vrs=("US", data))
    assert b"Muster" in content
    assert b"Muster" not in intake.take_in(content, key=KEY).content
    assert np.array_equal(numbers(intake, content), table[RAMP])


@pytest.mark.parametrize("data", ["US", "OW"])
def test_nothing_behind_packed_entries_is_kept(intake: Reader, data: str):
    """Whether what follows are entries cannot be told then, so the table is as unreadable as it came."""
    packed = (np.arange(4096) % 251).astype("uint8").view("<u2")
    content = with_table("VOILUTSequence", [4096, 0, 8], [*packed, *BEHIND], vrs=("US", data))
    stored = intake.take_in(content, key=KEY).content
    assert b"Muster" in content and b"Muster" not in stored
    assert intake.render(stored) == intake.render(content)
    assert "unreadable" in intake.render(stored).windows[0].label


def test_a_descriptor_holds_three_numbers(intake: Reader):
    content = with_table("VOILUTSequence", [4096, 0, 12, *BEHIND], FALLING)
    assert b"Muster" in content and b"Muster" not in intake.take_in(content, key=KEY).content


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("last", ["exact", "too long"])
def test_nothing_behind_the_segments_is_kept(intake: Reader, last: str, bits: int):
    scale = 257 if bits == 16 else 1
    rest = [0, 128, *(np.arange(128, 256) * scale)] if last == "exact" else [0, 200, *(np.arange(128, 256) * scale)]
    behind = BEHIND * 20 if bits == 16 else np.array(BEHIND * 20, "<u2").view("uint8")
    code = np.array([0, 2, 0, scale, 1, 126, 127 * scale, *rest, *behind])
    table = code if bits == 16 else np.append(code, [0] * (len(code) % 2)).astype("uint8").view("<u2")
    content = palette(bits, "OW", uid.ExplicitVRLittleEndian, [table] * 3, segmented=True)
    stored = intake.take_in(content, key=KEY).content
    assert b"Muster" in content and b"Muster" not in stored
    assert np.array_equal(numbers(intake, content), INDICES)


@pytest.mark.parametrize("there", [255, 100])
def test_a_palette_that_is_too_short_is_refused(intake: Reader, there: int):
    content = palette(16, "OW", uid.ExplicitVRLittleEndian, [np.arange(there) * 257] * 3)
    with pytest.raises(Refused):
        intake.render(intake.take_in(content, key=KEY).content)
