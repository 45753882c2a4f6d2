"""The facts of a file, and what is refused before anything is decoded."""

import hashlib
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from pydicom.uid import UID, ImplicitVRLittleEndian

from overread.archive.dicom import Reader, Refused
from overread.archive.dicom.describe import VIEW_CODES

from .made import KEY, dataset, dicom, items, ramp, saved


def test_the_facts_of_a_chest_image(intake: Reader):
    content = dicom(
        PatientSex="F",
        PatientAge="044Y",
        Manufacturer="Maker",
        ManufacturerModelName="One",
        StationName="Room 7",
        BodyPartExamined="CHEST",
        ViewPosition="PA",
        ImageLaterality="U",
        BurnedInAnnotation="NO",
    )
    facts = intake.take_in(content, key=KEY).facts
    assert (facts.kind, facts.modality, facts.body_part, facts.view) == ("dicom", "DX", "CHEST", "PA")
    assert (facts.sex, facts.age_years, facts.device, facts.laterality) == ("F", 44.0, "Maker One", "")
    assert (facts.rows, facts.columns, facts.frames, facts.bits_stored) == (12, 16, 1, 16)
    assert (facts.photometric, facts.transfer_syntax) == ("MONOCHROME2", "1.2.840.10008.1.2.1")
    assert facts.burned_in is False
    with pytest.raises(FrozenInstanceError):
        facts.view = "AP"  # type: ignore[misc]


def test_a_result_is_named_by_its_content(intake: Reader):
    result = intake.take_in(dicom(), key=KEY)
    assert result.sha256 == hashlib.sha256(result.content).hexdigest()


@pytest.mark.filterwarnings("ignore:Invalid value")
@pytest.mark.parametrize(
    ("attributes", "years"),
    [
        ({"PatientAge": "006M"}, 0.5),
        ({"PatientAge": "001W"}, 0.0192),
        ({"PatientAge": "102Y"}, 90.0),
        ({"PatientAge": "old"}, None),
        ({"PatientBirthDate": "20140301"}, 10.0),
        ({"PatientBirthDate": "20250301"}, None),
        ({}, None),
    ],
)
def test_age_in_years(intake: Reader, attributes: dict[str, str], years: float | None):
    facts = intake.take_in(dicom(**attributes), key=KEY).facts
    assert facts.age_years == years


def test_intervals_inside_a_patient_are_kept(intake: Reader):
    days = [intake.take_in(dicom(StudyDate=date), key=KEY).facts.study_day for date in ("20240228", "20240301")]
    other = intake.take_in(dicom(StudyDate="20240228", PatientID="MRN-2"), key=KEY).facts.study_day
    assert days[1] - days[0] == 2
    assert other != days[0]


@pytest.mark.parametrize("date", ["", "20241399", "yesterday", "00010101"])
def test_a_nonsense_date_is_no_day(intake: Reader, date: str):
    made = dataset(ramp())
    made["StudyDate"]._value = date
    assert intake.take_in(saved(made), key=KEY).facts.study_day is None


BOTH = {"PixelSpacing": [0.2, 0.3], "ImagerPixelSpacing": [0.2, 0.3]}


@pytest.mark.parametrize(
    ("attributes", "spacing", "kind"),
    [
        ({"PixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "unknown"),
        ({"PixelSpacing": [0.2, 0.3], "Modality": "CT"}, (0.2, 0.3), "patient"),
        ({"PixelSpacing": [0.2, 0.3], "PixelSpacingCalibrationType": "FIDUCIAL"}, (0.2, 0.3), "patient"),
        ({"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.2, 0.2]}, (0.1, 0.1), "patient"),
        ({"ImagerPixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "detector"),
        ({"NominalScannedPixelSpacing": [0.2, 0.3]}, (0.2, 0.3), "detector"),
        (BOTH, (0.2, 0.3), "detector"),
        (BOTH | {"PixelSpacing": [0.1995, 0.2999]}, (0.2, 0.3), "detector"),
        (BOTH | {"PixelSpacingCalibrationType": "GEOMETRY"}, (0.2, 0.3), "patient"),
        (BOTH | {"EstimatedRadiographicMagnificationFactor": "2"}, (0.1, 0.15), "corrected"),
        (BOTH | {"EstimatedRadiographicMagnificationFactor": "0.5"}, (0.2, 0.3), "detector"),
        (BOTH | {"EstimatedRadiographicMagnificationFactor": "0"}, (0.2, 0.3), "detector"),
        ({"PixelSpacing": [0, 0]}, None, "unknown"),
        ({}, None, "unknown"),
    ],
)
def test_spacing_and_where_it_holds(intake: Reader, attributes, spacing, kind: str):
    facts = intake.take_in(dicom(**attributes), key=KEY).facts
    assert facts.pixel_spacing == (pytest.approx(spacing) if spacing else None)
    assert facts.spacing_kind == kind


@pytest.mark.parametrize(
    ("attributes", "aspect"),
    [
        ({"PixelSpacing": [0.2, 0.1]}, 2.0),
        ({"PixelAspectRatio": [1, 3]}, 1 / 3),
        ({"PixelSpacing": [0.2, 0.2], "PixelAspectRatio": [1, 3]}, 1.0),
        ({"PixelAspectRatio": [0, 3]}, 1.0),
        ({"PixelAspectRatio": [1, 999]}, 1.0),
        ({}, 1.0),
    ],
)
def test_the_shape_of_a_pixel(intake: Reader, attributes, aspect: float):
    assert intake.take_in(dicom(**attributes), key=KEY).facts.pixel_aspect == pytest.approx(aspect)


@pytest.mark.parametrize(
    ("attributes", "orientation"),
    [
        ({"PatientOrientation": ["L", "F"]}, "L\\F"),
        ({"PatientOrientation": ["AL", "FP"]}, "AL\\FP"),
        ({"PatientOrientation": ["L", "nobody"]}, ""),
        ({"PatientOrientation": "L"}, ""),
        ({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}, "L\\P"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "P\\F"),
        ({"ImageOrientationPatient": [0.9, -0.4, 0, 0, 0, -1]}, "LA\\F"),
        ({}, ""),
    ],
)
def test_where_rows_and_columns_lead_to(intake: Reader, attributes, orientation: str):
    assert intake.take_in(dicom(**attributes), key=KEY).facts.orientation == orientation


@pytest.mark.parametrize("intent", ["FOR PRESENTATION", "FOR PROCESSING", ""])
def test_what_an_image_is_meant_for(intake: Reader, intent: str):
    assert intake.take_in(dicom(PresentationIntentType=intent), key=KEY).facts.intent == intent


@pytest.mark.parametrize("age", ["000D", "010D", "059D", "002M", "023M", "002Y", "089Y"])
def test_an_age_survives_its_own_header(intake: Reader, age: str):
    result = intake.take_in(dicom(PatientAge=age), key=KEY)
    assert intake.take_in(result.content, key=KEY).facts.age_years == pytest.approx(result.facts.age_years, abs=0.02)


def test_spacing_of_an_enhanced_object(intake: Reader):
    shared = items({"PixelMeasuresSequence": items({"PixelSpacing": [0.5, 0.5]})})
    facts = intake.take_in(dicom(SharedFunctionalGroupsSequence=shared), key=KEY).facts
    assert facts.pixel_spacing == (0.5, 0.5)


@pytest.mark.parametrize("code", sorted(VIEW_CODES))
def test_a_view_code_says_the_view(intake: Reader, code: str):
    content = dicom(ViewCodeSequence=items({"CodeValue": code, "CodingSchemeDesignator": "SCT", "CodeMeaning": "x"}))
    assert intake.take_in(content, key=KEY).facts.view == VIEW_CODES[code]


def test_a_file_without_uids_and_patient_is_named_by_its_content(intake: Reader):
    made = dataset(ramp())
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID"):
        delattr(made, keyword)
    facts = intake.take_in(saved(made), key=KEY).facts
    assert facts.patient == ""
    assert facts.study_uid != facts.instance_uid


def test_a_deflated_file_is_stored_inflated(intake: Reader):
    result = intake.take_in(dicom(ramp(), UID("1.2.840.10008.1.2.1.99")), key=KEY)
    assert result.facts.transfer_syntax == "1.2.840.10008.1.2.1"
    assert np.array_equal(intake.pixels(result.content), ramp())


@pytest.mark.parametrize(
    ("code", "attributes"),
    [
        ("dimensions", {"Rows": 0}),
        ("truncated", {"Rows": 200}),
        ("too_large", {"Rows": 65535, "Columns": 65535}),
        ("frames", {"NumberOfFrames": "-3"}),
        ("truncated", {"NumberOfFrames": "2"}),
        ("bits", {"BitsAllocated": 12}),
        ("bits", {"BitsStored": 17}),
        ("bits", {"PixelRepresentation": 2}),
        ("photometric", {"PhotometricInterpretation": "FUZZ"}),
        ("photometric", {"PhotometricInterpretation": "RGB"}),
        ("samples", {"SamplesPerPixel": 4}),
    ],
)
def test_impossible_images_are_refused(intake: Reader, code: str, attributes):
    content = dataset(ramp())
    for keyword, value in attributes.items():
        setattr(content, keyword, value)
    with pytest.raises(Refused) as refused:
        intake.take_in(saved(content), key=KEY)
    assert refused.value.code == code


@pytest.mark.parametrize("keyword", ["Rows", "Columns", "BitsAllocated", "PhotometricInterpretation"])
def test_a_missing_attribute_is_named(intake: Reader, keyword: str):
    made = dataset(ramp())
    delattr(made, keyword)
    with pytest.raises(Refused, match=keyword[:4]):
        intake.take_in(saved(made), key=KEY)


def test_a_name_in_rows_is_refused_without_repeating_it(intake: Reader):
    made = dataset(ramp(), syntax=ImplicitVRLittleEndian)
    made["Rows"].VR = "LO"
    made["Rows"]._value = "SMITH^JO"
    with pytest.raises(Refused) as refused:
        intake.take_in(saved(made), key=KEY)
    assert "SMITH" not in str(refused.value)
