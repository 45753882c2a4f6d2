"""Nothing of the patient's identity is left, and nothing of the image is lost."""

from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from overread.archive.dicom import Reader

from .made import INSTANCE, KEY, SERIES, STUDY, dataset, dicom, items, ramp, saved

SECRET = "ZZSECRETZZ"


def reread(content: bytes) -> Dataset:
    return dcmread(BytesIO(content))


def with_identity_everywhere() -> Dataset:
    made = dataset(ramp())
    for keyword in (
        *("PatientName", "PatientID", "OtherPatientNames", "PatientAddress", "PatientComments", "ImageComments"),
        *("InstitutionName", "InstitutionAddress", "ReferringPhysicianName", "OperatorsName", "StudyDescription"),
        *("SeriesDescription", "ProtocolName", "StationName", "DeviceSerialNumber", "AccessionNumber", "StudyID"),
        *("RequestedProcedureDescription", "DerivationDescription", "PatientBirthName", "AdditionalPatientHistory"),
    ):
        setattr(made, keyword, SECRET)
    made.RequestAttributesSequence = items({"ScheduledProcedureStepDescription": SECRET})
    made.ReferencedImageSequence = items({"ReferencedSOPInstanceUID": "1.9.9.9", "PurposeOfReferenceCodeSequence": []})
    made.ViewCodeSequence = items({"CodeValue": "R-10206", "PatientName": SECRET, "ImageComments": SECRET})
    block = made.private_block(0x0011, SECRET, create=True)
    block.add_new(0x01, "LO", SECRET)
    made.add_new(0x60003000, "OW", SECRET.encode() * 4)
    made.add_new(0x60000022, "LO", SECRET)
    return made


def test_no_word_of_identity_is_left(intake: Reader):
    result = intake.take_in(saved(with_identity_everywhere()), key=KEY)
    assert SECRET.encode() not in result.content
    assert SECRET not in repr(result)
    assert b"1.9.9.9" not in result.content


def test_no_private_attribute_overlay_or_date_is_left(intake: Reader):
    header = reread(intake.take_in(saved(with_identity_everywhere()), key=KEY).content)
    assert not [element for element in header.iterall() if element.tag.is_private or element.tag.group == 0x6000]
    assert header.StudyDate not in ("", "20240229")
    assert header.PatientName == ""
    assert header.PatientIdentityRemoved == "YES"


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_identity_goes_in_every_byte_order(intake: Reader, syntax):
    content = dicom(ramp(), syntax, PatientName=SECRET, InstitutionName=SECRET)
    result = intake.take_in(content, key=KEY)
    assert SECRET.encode() not in result.content
    assert np.array_equal(intake.pixels(result.content), ramp())


def test_a_kept_attribute_is_no_hiding_place(intake: Reader):
    made = dataset(ramp(), Manufacturer="Maker", ViewPosition="PA")
    made["ViewPosition"]._value = "zz^secret"
    made.add_new(0x00181114, "DS", "1.0")
    made[0x00181114].VR = "LO"
    made[0x00181114]._value = SECRET
    result = intake.take_in(saved(made), key=KEY)
    assert result.facts.view == ""
    assert b"zz^secret" not in result.content
    assert SECRET.encode() not in result.content


def test_uids_are_remapped_and_no_old_one_is_left(intake: Reader):
    result = intake.take_in(dicom(), key=KEY)
    series = reread(result.content).SeriesInstanceUID
    for old, new in ((STUDY, result.facts.study_uid), (SERIES, series), (INSTANCE, result.facts.instance_uid)):
        assert new.startswith("2.25.")
        assert len(new) <= 64
        assert old.encode() not in result.content


def test_path_like_uids_become_digits(intake: Reader):
    made = dataset(ramp())
    made.add_new(0x0020000D, "UI", "1.2.3")
    made[0x0020000D]._value = "../../etc/x"
    result = intake.take_in(saved(made), key=KEY)
    assert set(result.facts.study_uid) <= set("0123456789.")
    assert b"etc" not in result.content


def test_files_of_one_study_stay_together(intake: Reader):
    first = intake.take_in(dicom(), key=KEY)
    second = intake.take_in(dicom(SOPInstanceUID="1.2.3.4.9"), key=KEY)
    assert (first.facts.study_uid, first.facts.patient) == (second.facts.study_uid, second.facts.patient)
    assert first.facts.instance_uid != second.facts.instance_uid


def test_the_same_file_and_key_give_the_same_bytes(intake: Reader):
    content = dicom(InstitutionName="x")
    assert intake.take_in(content, key=KEY) == intake.take_in(content, key=KEY)


def test_another_key_makes_other_pseudonyms(intake: Reader):
    first, second = (intake.take_in(dicom(), key=key) for key in (KEY, b"another"))
    assert first.sha256 != second.sha256
    for name in ("patient", "study_uid", "instance_uid", "study_day"):
        assert getattr(first.facts, name) != getattr(second.facts, name)


def test_pixel_data_stay_byte_for_byte(intake: Reader):
    content = dicom(ramp(dtype="int16"), BitsStored=12, HighBit=11)
    assert reread(intake.take_in(content, key=KEY).content).PixelData == reread(content).PixelData


def test_the_preamble_is_zeroed(intake: Reader):
    content = b"MZ" + b"\x90" * 126 + dicom()[128:]
    assert intake.take_in(content, key=KEY).content[:132] == bytes(128) + b"DICM"


def test_what_follows_the_pixels_is_cut_off(intake: Reader):
    content = dicom() + b"\xfc\xff\xfc\xff" + b"OB\0\0" + len(SECRET).to_bytes(4, "little") + SECRET.encode()
    assert SECRET.encode() not in intake.take_in(content, key=KEY).content


def test_what_was_taken_in_can_be_taken_in_again(intake: Reader):
    result = intake.take_in(dicom(Manufacturer="Maker", PatientAge="044Y"), key=KEY)
    again = intake.take_in(result.content, key=KEY)
    old, new = result.facts, again.facts
    assert (new.device, new.age_years, new.rows) == (old.device, old.age_years, old.rows)
    assert np.array_equal(intake.pixels(again.content), ramp())


def test_a_look_up_table_survives(intake: Reader):
    table = {
        "LUTDescriptor": [4, 0, 16],
        "LUTExplanation": "mine",
        "LUTData": np.array([0, 10, 20, 30], "<u2").tobytes(),
    }
    content = dicom(ramp(2, 2, step=1), ImplicitVRLittleEndian, ModalityLUTSequence=items(table))
    kept = reread(intake.take_in(content, key=KEY).content).ModalityLUTSequence[0]
    assert kept.LUTDescriptor == [4, 0, 16]
    assert kept.LUTExplanation == "mine"
    assert kept.LUTData == table["LUTData"]
