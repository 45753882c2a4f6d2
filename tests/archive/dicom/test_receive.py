"""The facts of an arrival, and what is refused before anything is decoded."""

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
    arrival = intake.receive(content, key=KEY)
    assert (arrival.kind, arrival.modality, arrival.body_part, arrival.view) == ("dicom", "DX", "CHEST", "PA")
    assert (arrival.sex, arrival.age_years, arrival.device, arrival.laterality) == ("F", 44.0, "Maker One", "")
    assert (arrival.rows, arrival.columns, arrival.frames, arrival.bits_stored) == (12, 16, 1, 16)
    assert (arrival.photometric, arrival.transfer_syntax) == ("MONOCHROME2", "1.2.840.10008.1.2.1")
    assert arrival.burned_in is False
    assert arrival.sha256 == hashlib.sha256(arrival.content).hexdigest()
    with pytest.raises(FrozenInstanceError):
        arrival.view = "AP"  # type: ignore[misc]


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
    arrival = intake.receive(dicom(**attributes), key=KEY)
    assert arrival.age_years == years


def test_intervals_inside_a_patient_are_kept(intake: Reader):
    days = [intake.receive(dicom(StudyDate=date), key=KEY).study_day for date in ("20240228", "20240301")]
    other = intake.receive(dicom(StudyDate="20240228", PatientID="MRN-2"), key=KEY).study_day
    assert days[1] - days[0] == 2
    assert other != days[0]


@pytest.mark.parametrize("date", ["", "20241399", "yesterday", "00010101"])
def test_a_nonsense_date_is_no_day(intake: Reader, date: str):
    made = dataset(ramp())
    made["StudyDate"]._value = date
    assert intake.receive(saved(made), key=KEY).study_day is None


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
    arrival = intake.receive(dicom(**attributes), key=KEY)
    assert arrival.pixel_spacing == (pytest.approx(spacing) if spacing else None)
    assert arrival.spacing_kind == kind


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
    assert intake.receive(dicom(**attributes), key=KEY).pixel_aspect == pytest.approx(aspect)


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
    assert intake.receive(dicom(**attributes), key=KEY).orientation == orientation


@pytest.mark.parametrize("intent", ["FOR PRESENTATION", "FOR PROCESSING", ""])
def test_what_an_image_is_meant_for(intake: Reader, intent: str):
    assert intake.receive(dicom(PresentationIntentType=intent), key=KEY).intent == intent


@pytest.mark.parametrize("age", ["000D", "010D", "059D", "002M", "023M", "002Y", "089Y"])
def test_an_age_survives_its_own_header(intake: Reader, age: str):
    arrival = intake.receive(dicom(PatientAge=age), key=KEY)
    assert intake.receive(arrival.content, key=KEY).age_years == pytest.approx(arrival.age_years, abs=0.02)


def test_spacing_of_an_enhanced_object(intake: Reader):
    shared = items({"PixelMeasuresSequence": items({"PixelSpacing": [0.5, 0.5]})})
    arrival = intake.receive(dicom(SharedFunctionalGroupsSequence=shared), key=KEY)
    assert arrival.pixel_spacing == (0.5, 0.5)


@pytest.mark.parametrize("code", sorted(VIEW_CODES))
def test_a_view_code_says_the_view(intake: Reader, code: str):
    content = dicom(ViewCodeSequence=items({"CodeValue": code, "CodingSchemeDesignator": "SCT", "CodeMeaning": "x"}))
    assert intake.receive(content, key=KEY).view == VIEW_CODES[code]


def test_a_file_without_uids_and_patient_is_named_by_its_content(intake: Reader):
    made = dataset(ramp())
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "PatientID"):
        delattr(made, keyword)
    arrival = intake.receive(saved(made), key=KEY)
    assert arrival.patient == ""
    assert len({arrival.study_uid, arrival.series_uid, arrival.instance_uid}) == 3


def test_a_deflated_file_is_stored_inflated(intake: Reader):
    arrival = intake.receive(dicom(ramp(), UID("1.2.840.10008.1.2.1.99")), key=KEY)
    assert arrival.transfer_syntax == "1.2.840.10008.1.2.1"
    assert np.array_equal(intake.pixels(arrival.content), ramp())


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
        intake.receive(saved(content), key=KEY)
    assert refused.value.code == code


@pytest.mark.parametrize("keyword", ["Rows", "Columns", "BitsAllocated", "PhotometricInterpretation"])
def test_a_missing_attribute_is_named(intake: Reader, keyword: str):
    made = dataset(ramp())
    delattr(made, keyword)
    with pytest.raises(Refused, match=keyword[:4]):
        intake.receive(saved(made), key=KEY)


def test_a_name_in_rows_is_refused_without_repeating_it(intake: Reader):
    made = dataset(ramp(), syntax=ImplicitVRLittleEndian)
    made["Rows"].VR = "LO"
    made["Rows"]._value = "SMITH^JO"
    with pytest.raises(Refused) as refused:
        intake.receive(saved(made), key=KEY)
    assert "SMITH" not in str(refused.value)
