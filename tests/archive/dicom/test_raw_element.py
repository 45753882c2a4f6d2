"""Values that are stored as they lie in a file: the same bytes as if each had been converted, cleaned and encoded."""

from collections.abc import Iterator

import pytest
from pydicom.config import disable_value_validation
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from overread.archive.dicom.clean import cleaned, unchanged
from overread.archive.dicom.raw_element import encoded, is_empty, means_ascii, raw_element, text_in, values_in

from .made import items

SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)
PLAIN = [
    *[("ImageType", "CS", value) for value in (b"DERIVED\\PRIMARY\\", b"A\\\\B", b"AB\\ ", b"A B ", b"A" * 16)],
    *[("Manufacturer", "LO", value) for value in (b"Maker ", b"A. Maker (X-ray) Ltd", b"x" * 64, b"A\\B ")],
    *[("CodeValue", "SH", value) for value in (b"R-10214 ", b"399348003 ")],
    *[("WindowCenter", "DS", value) for value in (b"40", b"-1.5", b".5", b"1.E+05", b"40\\400", b"1\\2 ", b"0" * 16)],
    *[("SeriesNumber", "IS", value) for value in (b"1 ", b"+1", b"-12345678901", b"1\\2 ")],
    *[("Rows", "US", value) for value in (b"\1\0", b"\1\0\2\0", b"\n\n")],
    ("PixelIntensityRelationshipSign", "SS", b"\xff\xff"),
]
UNUSUAL = [
    *[
        ("ImageType", "CS", value)
        for value in (b"", b"  ", b" A", b"ab", b"AB  ", b"A\0", b"A\\B", b"AB\\CD \\E", b"A-B ")
    ],
    *[("ImageType", "CS", value) for value in (b"A" * 17 + b" ", b"\\A", b"A\n", b"A\\" * 600)],
    ("ImageType", "LO", b"AB"),
    *[("Manufacturer", "LO", value) for value in (b"x" * 66, b"T\xe4st", b"\x1b$B;3", b"a\tbc", b"AB \\CD ", b"A\0")],
    *[
        ("WindowCenter", "DS", value)
        for value in (b"nan ", b"1,5 ", b"0" * 18, b"40\\", b"40\\ 4 ", b"1e400 ", b"1 2 ")
    ],
    *[("SeriesNumber", "IS", value) for value in (b"1.0 ", b"1" * 14, b"x ", b"1\n")],
    *[("Rows", "US", value) for value in (b"\1", b"\1\0\0")],
    ("PixelPaddingValue", "US", b"\1\0"),
    ("LUTDescriptor", "US", b"\0\1\0\0\x10\0"),
]


@pytest.fixture(autouse=True)
def as_in_the_child() -> Iterator[None]:
    with disable_value_validation():
        yield


def read(keyword: str, vr: str, value: bytes, charset: str = "latin_1") -> Dataset:
    """A data set as pydicom reads it, little-endian."""
    tag = BaseTag(Tag(keyword))
    made = Dataset({tag: RawDataElement(tag, vr, len(value), value, 0, False, True)})
    made.set_original_encoding(is_implicit_vr=False, is_little_endian=True, character_encoding=[charset])
    return made


def by_pydicom(dataset: Dataset, syntax: UID) -> bytes:
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = syntax.is_implicit_VR, syntax.is_little_endian
    write_dataset(stream, dataset)
    return stream.getvalue()


@pytest.mark.parametrize(("keyword", "vr", "value"), PLAIN)
def test_a_plain_value_stays_as_cleaning_would_have_left_it(keyword: str, vr: str, value: bytes):
    source = read(keyword, vr, value)
    raw = unchanged(source.get_item(keyword), ascii_texts=True)
    assert raw is not None
    clean = cleaned(source, int(raw.tag), little_endian=True)
    assert clean is not None
    assert encoded(Dataset({raw.tag: raw}), ExplicitVRLittleEndian) == by_pydicom(
        Dataset({clean.tag: clean}), ExplicitVRLittleEndian
    )


@pytest.mark.parametrize(("keyword", "vr", "value"), UNUSUAL)
def test_an_unusual_value_is_left_to_the_cleaner(keyword: str, vr: str, value: bytes):
    assert unchanged(read(keyword, vr, value).get_item(keyword), ascii_texts=True) is None


@pytest.mark.parametrize(("charset", "plain"), [("UTF8", True), ("iso8859", True), ("cp037", False), ("utf-7", False)])
def test_a_text_stays_where_ascii_means_itself(charset: str, plain: bool):
    source = read("Manufacturer", "LO", b"+ADw-x", charset)
    raw = unchanged(source.get_item("Manufacturer"), ascii_texts=means_ascii(source))
    assert (raw is not None) is plain


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_data_set_is_encoded_as_by_pydicom(syntax: UID):
    converted = Dataset()
    converted.SpecificCharacterSet = "ISO_IR 192"
    converted.Manufacturer = "Hersteller für Röntgen"
    converted.ImageType = ["DERIVED", "PRIMARY", ""]
    converted.PixelSpacing = ["0.1", "0.1"]
    converted.ViewCodeSequence = items({"CodeMeaning": "postero-anterior", "ViewModifierCodeSequence": items()}, {})
    converted.PatientName = ""
    converted.ICCProfile = b"odd"
    own = {"Rows": 512, "NumberOfFrames": 12, "StudyInstanceUID": "1.2.3", "PatientAge": "039Y", "StudyDate": ""}
    raws = [raw_element(keyword, value, little_endian=syntax.is_little_endian) for keyword, value in own.items()]
    mixed = Dataset({**dict(converted.items()), **{raw.tag: raw for raw in raws}})
    for keyword, value in own.items():
        setattr(converted, keyword, value)
    assert encoded(mixed, syntax) == by_pydicom(converted, syntax)


TEXTS = [
    ("Manufacturer", "LO", b"Maker "),
    ("StudyInstanceUID", "UI", b"1.2.3.4 "),
    ("StudyInstanceUID", "UI", b"1.2.3\0"),
    ("Modality", "CS", b"DX"),
]
NO_PLAIN_TEXTS = [
    ("StudyInstanceUID", "UI", b"1.2\0.3"),
    ("ImageType", "CS", b"A\\B "),
    ("Manufacturer", "LO", b"T\xe4st"),
    ("PatientName", "PN", b"Kim^J "),
]


@pytest.mark.parametrize(("keyword", "vr", "value"), TEXTS)
def test_a_plain_text_is_read_as_by_pydicom(keyword: str, vr: str, value: bytes):
    source = read(keyword, vr, value)
    assert text_in(source, keyword) == source[keyword].value


@pytest.mark.parametrize(("keyword", "vr", "value"), NO_PLAIN_TEXTS)
def test_any_other_text_is_left_to_pydicom(keyword: str, vr: str, value: bytes):
    assert text_in(read(keyword, vr, value), keyword) is None


LISTS = [
    ("ImagerPixelSpacing", "DS", b"0.139\\0.14 ", ["0.139", "0.14 "]),
    ("PatientOrientation", "CS", b"L\\F ", ["L", "F "]),
    ("ImagerPixelSpacing", "DS", b"", None),
]


@pytest.mark.parametrize(("keyword", "vr", "value", "expected"), LISTS)
def test_the_values_of_a_list_are_its_texts(keyword: str, vr: str, value: bytes, expected: list[str] | None):
    source = read(keyword, vr, value)
    assert values_in(source, keyword) == expected
    if expected:
        assert [each.strip() for each in expected] == [str(each) for each in source[keyword].value]


def test_a_list_of_another_representation_is_left_to_pydicom():
    source = read("PixelAspectRatio", "IS", b"4\\3 ")
    assert list(values_in(source, "PixelAspectRatio")) == [4, 3]


def test_only_what_lies_in_the_file_without_a_value_is_empty():
    source = read("Manufacturer", "LO", b"")
    assert is_empty(source.get_item("Manufacturer")) and not is_empty(source["Manufacturer"])
    assert not is_empty(read("Manufacturer", "LO", b"Maker ").get_item("Manufacturer"))
