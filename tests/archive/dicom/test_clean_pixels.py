"""What is stored of pixel data: the picture's own bytes, and nothing that names anybody."""

import struct
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom import dcmread, uid
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.pixels.utils import iter_pixels

from overread.archive.dicom import Reader, Refused, unpack

from . import streams
from .made import KEY, dataset, dicom, ramp, saved

SECRET = b"ZZSECRETZZ"


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(data)) + data


def exif(text: bytes) -> bytes:
    made = Image.Exif()
    made[0x013B] = text.decode()
    made.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})  # where it was taken
    return made.tobytes()


def in_a_comment(stream: bytes) -> bytes:
    return stream[:2] + segment(0xFE, SECRET) + stream[2:]


def in_exif_and_xmp(stream: bytes) -> bytes:
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + SECRET
    return stream[:2] + segment(0xE1, exif(SECRET)) + segment(0xE1, xmp) + stream[2:]


def in_a_thumbnail(stream: bytes) -> bytes:
    return stream[:2] + segment(0xE0, b"JFXX\0\x10" + SECRET) + segment(0xED, SECRET) + stream[2:]


def behind_the_end(stream: bytes) -> bytes:
    return stream + SECRET


def in_the_main_header(stream: bytes) -> bytes:
    """A comment of JPEG 2000 between its own segments."""
    tile = stream.index(b"\xff\x90\0\x0a")
    return stream[:tile] + segment(0x64, b"\0\1" + SECRET) + stream[tile:]


def in_a_tile(stream: bytes) -> bytes:
    """A comment of JPEG 2000 in the header of its first tile-part."""
    tile = stream.index(b"\xff\x90\0\x0a")
    (length,) = struct.unpack_from(">I", stream, tile + 6)
    comment = segment(0x64, b"\0\1" + SECRET)
    return (
        stream[: tile + 6]
        + struct.pack(">I", length + len(comment))
        + stream[tile + 10 : tile + 12]
        + comment
        + stream[tile + 12 :]
    )


def as_jp2(stream: bytes) -> bytes:
    """In the boxes of a file, with one of text."""

    def box(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", 8 + len(data)) + kind + data

    begin = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return begin + box(b"xml ", SECRET) + box(b"jp2c", stream) + box(b"uuid", SECRET)


JPEG_PLACES = [in_a_comment, in_exif_and_xmp, in_a_thumbnail, behind_the_end]
J2K_PLACES = [in_the_main_header, in_a_tile, as_jp2, behind_the_end]
GREY = streams.noise(40, 56, bits=8)
DEEP = streams.noise(40, 56, bits=12)
CODINGS = {
    "baseline": (uid.JPEGBaseline8Bit, GREY, streams.jpeg, JPEG_PLACES),
    "lossless": (uid.JPEGLosslessSV1, DEEP, lambda pixels: streams.lossless_jpeg(pixels, 12), JPEG_PLACES),
    "jpeg-ls": (uid.JPEGLSLossless, DEEP, streams.jpegls, [in_a_comment, in_exif_and_xmp, behind_the_end]),
    "jpeg 2000": (uid.JPEG2000Lossless, DEEP, lambda pixels: streams.jpeg2000_of(pixels, 12), J2K_PLACES),
    "rle": (uid.RLELossless, DEEP, streams.rle, [behind_the_end]),
}


@pytest.mark.parametrize(
    ("kind", "place"), [(kind, place) for kind, (*_, places) in CODINGS.items() for place in places]
)
def test_what_hides_in_a_code_stream_goes(intake: Reader, kind: str, place):
    syntax, pixels, encode, _places = CODINGS[kind]
    attributes = {} if pixels.dtype == np.uint8 else {"BitsStored": 12}
    plain = encode(pixels)
    hiding = streams.around([place(plain)], pixels, syntax, **attributes)
    assert SECRET in hiding
    stored = intake.take_in(hiding, key=KEY).content
    assert SECRET not in stored
    assert b"Exif" not in stored
    assert np.array_equal(intake.pixels(stored), intake.pixels(streams.around([plain], pixels, syntax, **attributes)))
    (theirs,) = iter_pixels(BytesIO(stored), raw=True)  # by pydicom, of what was stored
    assert np.array_equal(theirs, intake.pixels(stored))


@pytest.mark.parametrize("kind", CODINGS)
def test_a_code_stream_without_metadata_stays_byte_for_byte(intake: Reader, kind: str):
    syntax, pixels, encode, _places = CODINGS[kind]
    attributes = {} if pixels.dtype == np.uint8 else {"BitsStored": 12}
    bare = intake.take_in(streams.around([encode(pixels)], pixels, syntax, **attributes), key=KEY).content
    again = intake.take_in(bare, key=KEY).content
    assert dcmread(BytesIO(again)).PixelData == dcmread(BytesIO(bare)).PixelData


@pytest.mark.parametrize("table", ["basic", "extended", "none"])
def test_fragments_of_no_frame_go(intake: Reader, table: str):
    frames = [streams.jpegls(DEEP), streams.jpegls(DEEP[::-1].copy())]
    made = dataset(np.stack([DEEP, DEEP[::-1]]), uid.JPEGLSLossless, NumberOfFrames=2, BitsStored=12, HighBit=11)
    if table == "extended":
        value, made.ExtendedOffsetTable, made.ExtendedOffsetTableLengths = encapsulate_extended(frames)
    else:
        value = encapsulate(frames, has_bot=table == "basic")
    surplus = SECRET + b"." * (len(SECRET) % 2)
    end = value.rindex(b"\xfe\xff\xdd\xe0") if value.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0") else len(value)
    made.PixelData = value[:end] + b"\xfe\xff\0\xe0" + struct.pack("<I", len(surplus)) + surplus
    made["PixelData"].VR, made["PixelData"].is_undefined_length = "OB", True
    content = saved(made)
    assert SECRET in content
    stored = intake.take_in(content, key=KEY).content
    assert SECRET not in stored
    assert np.array_equal(intake.pixels(stored, frame=None), np.stack([DEEP, DEEP[::-1]]))


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_bytes_behind_the_last_frame_go(intake: Reader, dtype: str, syntax: uid.UID):
    made = dataset(ramp(dtype=dtype), syntax)
    made.PixelData = made.PixelData + SECRET * 2
    if dtype == "float32":
        made.FloatPixelData = made.PixelData
        for absent in ("PixelData", "PixelRepresentation", "BitsStored", "HighBit"):
            delattr(made, absent)
    stored = intake.take_in(saved(made), key=KEY).content
    assert SECRET not in stored
    assert np.array_equal(intake.pixels(stored), ramp(dtype=dtype))


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("high_bit", [11, 15])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_an_overlay_plane_in_unused_bits_goes(intake: Reader, syntax: uid.UID, high_bit: int, signed: bool):
    pixels = streams.noise(40, 56, bits=12, signed=signed)
    spare = 0xF000 if high_bit == 11 else 0x000F
    drawn = np.where(np.random.default_rng(1).random(pixels.shape) < 0.5, spare, 0).astype("uint16")
    cells = (pixels.astype("uint16") << (high_bit - 11) & ~np.uint16(spare)) | drawn
    made = dataset(pixels, syntax, BitsStored=12, HighBit=high_bit)
    made.PixelData = cells.astype(f"{'<' if syntax.is_little_endian else '>'}u2").tobytes()
    result = intake.take_in(saved(made), key=KEY)
    assert np.array_equal(intake.pixels(result.content), pixels)
    kept = dcmread(BytesIO(result.content))
    assert (kept.BitsStored, kept.HighBit) == (12, 11)
    words = np.frombuffer(kept.PixelData, f"{'<' if syntax.is_little_endian else '>'}i2").reshape(pixels.shape)
    assert np.array_equal(words, pixels)


def test_the_sign_repeated_above_a_sample_is_no_overlay(intake: Reader):
    pixels = streams.noise(40, 56, bits=12, signed=True)
    content = dicom(pixels, BitsStored=12, HighBit=11)
    stored = intake.take_in(content, key=KEY).content
    assert dcmread(BytesIO(stored)).PixelData == dcmread(BytesIO(content)).PixelData


def in_swapped_words(cells: np.ndarray, **attributes) -> bytes:
    """An odd number of 8-bit cells, two in each word of big-endian OW."""
    made = dataset(cells, uid.ExplicitVRBigEndian, **attributes)
    padded = np.append(cells.ravel(), np.uint8(0x5A))
    made.PixelData = padded.reshape(-1, 2)[:, ::-1].tobytes()
    made["PixelData"].VR = "OW"
    return saved(made)


@pytest.mark.parametrize("bits", [8, 7])
def test_an_odd_number_of_swapped_bytes_keeps_its_last_sample(intake: Reader, bits: int):
    cells = streams.noise(5, 5)
    stored = intake.take_in(in_swapped_words(cells, BitsStored=bits, HighBit=bits - 1), key=KEY).content
    assert np.array_equal(intake.pixels(stored), cells & (2**bits - 1))
    assert b"\x5a" not in dcmread(BytesIO(stored)).PixelData[-2:]


def test_half_a_swapped_word_is_no_sample(intake: Reader):
    """The last sample would be the byte behind the element."""
    content = in_swapped_words(streams.noise(5, 5))
    length = content.rindex(struct.pack(">I", 26))
    with pytest.raises(Refused) as refused:
        intake.take_in(content[:length] + struct.pack(">I", 25) + content[length + 4 :], key=KEY)
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian])
def test_frames_of_single_bits_follow_each_other(intake: Reader, syntax: uid.UID, vr: str):
    pixels = np.random.default_rng(1).integers(0, 2, (6, 11, 13)).astype("uint8")
    made = dataset(pixels, syntax, NumberOfFrames=6, BitsAllocated=1, BitsStored=1, HighBit=0)
    packed = np.packbits(pixels.ravel(), bitorder="little")
    packed = np.append(packed, np.zeros(len(packed) % 2, "uint8"))
    swapped = packed.reshape(-1, 2)[:, ::-1] if vr == "OW" and not syntax.is_little_endian else packed
    made.PixelData = swapped.tobytes()
    made["PixelData"].VR = vr
    stored = intake.take_in(saved(made), key=KEY).content
    assert np.array_equal(intake.pixels(stored, frame=None), pixels)
    assert all(np.array_equal(intake.pixels(stored, frame=frame), pixels[frame]) for frame in range(6))


def profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return made.tobytes()


def test_a_profile_keeps_its_colours_and_loses_its_texts(intake: Reader):
    pixels = streams.smooth(40, 56)
    content = dicom(pixels, ICCProfile=profile() + SECRET)
    copyright_text = "copyright".encode("utf-16-be")
    assert copyright_text in content
    result = intake.take_in(content, key=KEY)
    assert SECRET not in result.content
    assert copyright_text not in result.content
    kept = dcmread(BytesIO(result.content)).ICCProfile
    assert ImageCms.getProfileName(ImageCms.ImageCmsProfile(BytesIO(kept))).strip() == ""
    assert np.array_equal(intake.pixels(result.content), pixels)
    assert intake.render(result.content) == intake.render(content)


ENCODINGS = ["utf-8", "latin-1", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("attribute", ["PatientName", "PatientID", "InstitutionName", "PatientComments"])
@pytest.mark.parametrize("at", [0, 1, 1000, 1001])
def test_a_picture_that_spells_a_word_of_the_patient_is_refused(intake: Reader, attribute, encoding, at):
    pixels = np.zeros((40, 56), "uint8")
    word = "Zaphöd" if attribute == "PatientName" else "ZAPHOD-42"
    written = np.frombuffer(word.encode(encoding), "uint8")
    pixels.ravel()[at : at + len(written)] = written
    made = dataset(pixels, SpecificCharacterSet="ISO_IR 100", **{attribute: word})
    with pytest.raises(Refused) as refused:
        intake.take_in(saved(made), key=KEY)
    assert refused.value.code == "identity"
    assert "aph" not in refused.value.reason.lower()
    del made[attribute]
    assert np.array_equal(intake.pixels(intake.take_in(saved(made), key=KEY).content), pixels)


def test_a_picture_that_spells_the_moment_of_the_visit_is_refused(intake: Reader):
    pixels = np.zeros((40, 56), "uint8")
    pixels[3, :14] = np.frombuffer(b"20240229121314", "uint8")
    with pytest.raises(Refused, match="names the patient or the visit"):
        intake.take_in(dicom(pixels, StudyDate="", AcquisitionDateTime="20240229121314"), key=KEY)


def test_exif_that_cannot_be_taken_out_is_refused(intake: Reader):
    pixels = np.zeros((40, 56), "uint8")
    written = np.frombuffer(exif(b"x"), "uint8")
    pixels.ravel()[: len(written)] = written
    with pytest.raises(Refused, match="EXIF"):
        intake.take_in(dicom(pixels), key=KEY)


@pytest.mark.parametrize("patient", ["123456", "87654321", "00000000", "XXXX", "ABCD", "......", "00000012"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_even_areas_and_ramps_name_nobody(intake: Reader, dtype: str, patient: str):
    values = np.arange(40 * 56) % 256
    for pixels in (
        values.reshape(40, 56),
        values[::-1].reshape(40, 56),
        np.full((40, 56), ord("0")),
        np.full((40, 56), ord("X")),
    ):
        content = dicom(pixels.astype(dtype), PatientID=patient, PatientName=patient)
        assert np.array_equal(intake.pixels(intake.take_in(content, key=KEY).content), pixels)


@pytest.mark.parametrize(
    ("patient", "kept"),
    [
        ({"PatientName": "Mustermannx^Erika"}, {"BodyPartExamined": "MUSTERMANNX"}),
        ({"PatientName": "Mustermannx^Erika"}, {"ViewPosition": "MUSTERMANNX"}),
        ({"PatientID": "87654321"}, {"SeriesNumber": "87654321"}),
        ({"PatientID": "87654321"}, {"SliceLocation": "87654321.0"}),
        ({"PatientID": "87654321"}, {"AcquisitionNumber": "87654321001"}),
        ({"PatientID": "8765"}, {"AcquisitionNumber": "8765"}),
        ({"AccessionNumber": "AC4711X"}, {"WindowCenterWidthExplanation": "AC4711X"}),
        ({"PatientName": "Lee^Kim"}, {"Manufacturer": "Lee Kim"}),
        ({"PatientName": "山田^太郎"}, {"WindowCenterWidthExplanation": "山田太郎 lung"}),
    ],
)
def test_what_stays_by_rule_goes_where_it_repeats_the_patient(intake: Reader, patient, kept):
    said = {"SpecificCharacterSet": "ISO_IR 192", **patient, **kept}
    stored = dcmread(BytesIO(intake.take_in(dicom(**said), key=KEY).content))
    assert not any(stored.get(keyword) for keyword in kept)


@pytest.mark.parametrize(
    ("patient", "keyword", "value"),
    [
        ("125", "NominalScannedPixelSpacing", ["0.125", "0.125"]),
        ("125000", "SpacingBetweenSlices", "0.125000"),
        ("125", "SliceLocation", "125"),
        ("050", "EstimatedRadiographicMagnificationFactor", "1.050"),
        ("100", "PixelAspectRatio", ["100", "50"]),
        ("125", "KVP", "80.125"),
    ],
)
def test_a_number_in_which_a_patients_number_stands_by_accident_stays(intake: Reader, patient, keyword, value):
    stored = dcmread(BytesIO(intake.take_in(dicom(PatientID=patient, **{keyword: value}), key=KEY).content))
    assert stored[keyword].value == dcmread(BytesIO(dicom(**{keyword: value})))[keyword].value


def test_a_name_behind_the_entries_of_a_table_goes(intake: Reader):
    table = Dataset()
    table.LUTDescriptor = [192, 0, 16]
    table.add_new("LUTData", "OW", np.arange(192, dtype="<u2").tobytes() + b"Mustermannx^Erikax")
    result = intake.take_in(dicom(PatientName="Mustermannx^Erikax", ModalityLUTSequence=[table]), key=KEY)
    assert b"Mustermannx" not in result.content
    assert intake.render(result.content).bits == 16


@pytest.mark.parametrize("number", ["273958", "313273", "OVERREAD_1"])
def test_numbers_of_our_own_header_are_nobodys(intake: Reader, number: str):
    assert intake.take_in(dicom(AccessionNumber=number), key=KEY)


def test_a_profile_inside_a_jpeg_is_moved_to_the_header(intake: Reader):
    pixels = streams.smooth(32, 32)
    profile = swapped_primaries()
    bare = intake.render(intake.take_in(streams.jpeg(pixels, icc_profile=profile), key=KEY).content)
    stream = streams.jpeg(pixels, icc_profile=profile)
    header = {"PhotometricInterpretation": "YBR_FULL"}
    result = intake.take_in(streams.around([stream], pixels, uid.JPEGBaseline8Bit, **header), key=KEY)
    inside = intake.render(result.content)
    assert b"ICC_PROFILE" not in result.content
    shown = [unpack(made.full, made.rows, made.columns, made.channels).astype(int) for made in (bare, inside)]
    assert abs(shown[0] - shown[1]).max() <= 1
    assert abs(shown[0] - pixels).max() > 50


@pytest.mark.parametrize("spoilt", [lambda made: made[:300], lambda made: made[:16] + b"CMYK" + made[20:]])
def test_a_profile_inside_a_jpeg_that_cannot_be_followed_is_left_out(intake: Reader, spoilt):
    pixels = streams.smooth(32, 32)
    plain, spoilt_one = ({}, {"icc_profile": spoilt(swapped_primaries())})
    header = {"PhotometricInterpretation": "YBR_FULL"}
    with_none, with_one = (
        intake.take_in(
            streams.around([streams.jpeg(pixels, **options)], pixels, uid.JPEGBaseline8Bit, **header), key=KEY
        ).content
        for options in (plain, spoilt_one)
    )
    assert "ICCProfile" not in dcmread(BytesIO(with_one))
    assert intake.render(with_one) == intake.render(with_none)


def swapped_primaries() -> bytes:
    """The profile of sRGB with red and green exchanged."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain.replace(b"rXYZ", b"tmp_").replace(b"gXYZ", b"rXYZ").replace(b"tmp_", b"gXYZ")


def test_a_useless_profile_of_a_grey_image_is_left_out(intake: Reader):
    result = intake.take_in(dicom(ICCProfile=bytes(10)), key=KEY)
    assert "ICCProfile" not in dcmread(BytesIO(result.content))
