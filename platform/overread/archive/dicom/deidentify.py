"""From a header that names the patient to one that does not, and the pseudonyms that stand in."""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import SecondaryCaptureImageStorage

from .allow_list import ALLOWED, AllowList
from .clean import cleaned, unchanged
from .identity import Named, StandIns
from .raw_element import CHARACTER_SET, Element, is_empty, means_ascii, raw_element, text_in
from .refusal import MALFORMED, Refused, refusing
from .shape import Shape

METHOD = "Overread keep list; UIDs re-mapped, dates shifted, age capped"
OLDEST_YEARS = 90
EMPTIED = ("PatientName", "PatientBirthDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName")
DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
AGE = re.compile(r"([0-9]{1,3})([DWMY])")
AGE_UNITS_PER_YEAR = {"D": 365.25, "W": 365.25 / 7, "M": 12.0, "Y": 1.0}
DATE = re.compile(r"([0-9]{4})\.?([0-9]{2})\.?([0-9]{2})")
UID_TEXT = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
NEVER_SILENT = {
    tag_for_keyword("ModalityLUTSequence"),
    tag_for_keyword("VOILUTSequence"),
}  # an unreadable table is told
EPOCH = datetime.date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Deidentified:
    """A header that names nobody, the stand-ins in it, and the facts about the patient that may be kept."""

    header: Dataset
    stands: StandIns
    sop_class: str
    age_years: float | None
    study_day: int | None


def deidentify(
    source: Dataset,
    *,
    instance: str,
    shape: Shape,
    sop_class: str,
    stand: Callable[[Named], StandIns],
    depth: int,
    little_endian: bool,
) -> Deidentified:
    """A new header with what `allow_list.ALLOWED` names of `source` and keyed stand-ins for the identity.

    `instance` is the file's own SOP Instance UID, or what names the file where it has none; `stand` gives the stand-ins
    for what the file names. Raises Refused for sequences nested more than `depth` deep.
    """
    pixels = _elements(shape_attributes(shape), little_endian=little_endian)
    kept = kept_part(source, ALLOWED, depth, little_endian=little_endian, without=pixels.keys())
    stands = stand(
        Named(
            issuer=identifying_text(source, "IssuerOfPatientID"),
            patient_id=identifying_text(source, "PatientID"),
            study=identifying_text(source, "StudyInstanceUID") or f"study of {instance}",
            series=identifying_text(source, "SeriesInstanceUID") or f"series of {instance}",
            instance=instance,
            frame_of_reference=identifying_text(source, "FrameOfReferenceUID"),
        )
    )
    age = _age_years(source)
    day = _shifted_day(source, shift=stands.days)
    sop_class = _sop_class(source, sop_class)
    identity = _identity_attributes(stands)
    identity["SOPClassUID"] = sop_class
    identity["PatientAge"] = _age_string(age)
    identity["StudyDate"] = _date_string(day)
    header = Dataset({**kept, **pixels, **_elements(identity, little_endian=little_endian)})
    header.set_original_encoding(None, None, "UTF8")  # or pydicom looks up the character set for each value
    return Deidentified(header, stands, sop_class, age, day)


def _elements(attributes: Mapping[str, str | int], *, little_endian: bool) -> dict[BaseTag, RawDataElement]:
    made = [raw_element(keyword, value, little_endian=little_endian) for keyword, value in attributes.items()]
    return {element.tag: element for element in made}


def kept_part(
    source: Dataset, allowed: AllowList, depth: int, *, little_endian: bool, without: Collection[int] = ()
) -> dict[BaseTag, Element]:
    """What `allowed` names of one data set, its sequences included, but for the tags in `without`."""
    found = {int(tag): element for tag, element in source.items()}  # a BaseTag compares in Python
    ascii_texts = means_ascii(source)
    part: dict[BaseTag, Element] = {}
    for tag in found.keys() & allowed.keys():
        inner = allowed[tag]
        element = found[tag]
        if tag in without or is_empty(element):
            continue
        if inner is not None:
            if items := _kept_items(source, tag, inner, depth, little_endian=little_endian):
                part[element.tag] = DataElement(tag, "SQ", Sequence(items))
        elif plain := unchanged(element, ascii_texts=ascii_texts):
            part[element.tag] = plain
        elif clean := cleaned(source, tag, little_endian=little_endian):
            part[element.tag] = clean
    return part


def _kept_items(source: Dataset, tag: int, inner: AllowList, depth: int, *, little_endian: bool) -> list[Dataset]:
    if depth == 0:
        raise Refused("nesting", "Sequences are nested deeper than any image needs.")
    with refusing("unreadable", f"The sequence {keyword_for_tag(tag)} could not be parsed."):
        items = list(source[tag].value or ())
    # empty ones too: their places are frame numbers
    parts = [kept_part(item, inner, depth - 1, little_endian=little_endian) for item in items]
    if any(parts) or tag in NEVER_SILENT:
        return list(map(Dataset, parts))
    return []


def identifying_text(source: Dataset, keyword: str) -> str:
    """An identifying text, exactly enough to be hashed; what does not decode is hashed by its bytes."""
    if (text := text_in(source, keyword)) is not None:
        return text
    if keyword not in source:
        return ""
    try:
        return str(source[keyword].value or "").strip()
    except MALFORMED:
        return repr(source.get_item(keyword).value)


def _identity_attributes(stands: StandIns) -> dict[str, str | int]:
    """The attributes that identify patient, study and file: empty, or a stand-in."""
    attributes: dict[str, str | int] = dict.fromkeys(EMPTIED, "")
    attributes |= {
        "SpecificCharacterSet": CHARACTER_SET,
        "PatientID": stands.patient,
        "PatientIdentityRemoved": "YES",
        "DeidentificationMethod": METHOD,
        "LongitudinalTemporalInformationModified": "MODIFIED",
        "SOPInstanceUID": stands.instance,
        "SeriesInstanceUID": stands.series,
        "StudyInstanceUID": stands.study,
    }
    if stands.frame_of_reference:
        attributes["FrameOfReferenceUID"] = stands.frame_of_reference
    return attributes


def shape_attributes(shape: Shape) -> dict[str, str | int]:
    """The attributes of the pixels as they are stored."""
    attributes: dict[str, str | int] = {
        "Rows": shape.rows,
        "Columns": shape.columns,
        "SamplesPerPixel": shape.samples,
        "PhotometricInterpretation": shape.photometric,
        "BitsAllocated": shape.bits_allocated,
    }
    if not shape.floating:
        attributes["BitsStored"] = shape.bits_stored
        attributes["HighBit"] = shape.high_bit
        attributes["PixelRepresentation"] = int(shape.signed)
    if shape.samples == 3:
        attributes["PlanarConfiguration"] = int(shape.planar)
    if shape.frames > 1:
        attributes["NumberOfFrames"] = shape.frames
    return attributes


def _sop_class(source: Dataset, sop_class: str) -> str:
    for uid in (identifying_text(source, "SOPClassUID"), sop_class):
        if len(uid) <= 64 and UID_TEXT.fullmatch(uid):
            return uid
    return str(SecondaryCaptureImageStorage)


def _date(source: Dataset, keyword: str) -> datetime.date | None:
    match = DATE.fullmatch(identifying_text(source, keyword))
    try:
        if match:
            return datetime.date(*(int(part) for part in match.groups()))
        return None
    except ValueError:
        return None


def _shifted_day(source: Dataset, *, shift: int) -> int | None:
    date = next(filter(None, (_date(source, keyword) for keyword in DATES)), None)
    if date is None or date.toordinal() + shift < 1:
        return None
    return date.toordinal() - EPOCH + shift


def _age_years(source: Dataset) -> float | None:
    """Age at the study in years, in whole months where it comes from the birth date; 90 for everybody older."""
    if match := AGE.fullmatch(identifying_text(source, "PatientAge").upper()):
        years = int(match[1]) / AGE_UNITS_PER_YEAR[match[2]]
    else:
        birth = _date(source, "PatientBirthDate")
        study = next(filter(None, (_date(source, keyword) for keyword in DATES)), None)
        if birth is None or study is None or study < birth:
            return None
        years = round((study - birth).days / 365.25 * 12) / 12
    return round(min(years, OLDEST_YEARS), 4)


def _date_string(day: int | None) -> str:
    """A day since the epoch as a DICOM date, "" where none is known."""
    if day is None:
        return ""
    return datetime.date.fromordinal(EPOCH + day).strftime("%Y%m%d").zfill(8)


def _age_string(years: float | None) -> str:
    """Years from the second birthday on, months from two of them on, days before."""
    if years is None:
        return ""
    if years >= 2:
        return f"{int(years):03d}Y"
    months = round(years * 12)
    if months >= 2:
        return f"{months:03d}M"
    return f"{round(years * 365.25):03d}D"
