"""Synthetic films as DICOM files."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from phantom import render
from phantom.devices import DEVICES
from phantom.dicom import to_dicom


def reread(data):
    return pydicom.dcmread(BytesIO(data))


@pytest.mark.parametrize("device", [device.name for device in DEVICES])
def test_pixels_come_back_as_they_went(device):
    film = render(4, size=96, device=device)
    file = reread(to_dicom(film, patient_id="PHANTOM-000004"))
    assert np.array_equal(file.pixel_array, film.pixels)
    assert file.PhotometricInterpretation == ("MONOCHROME1" if film.monochrome1 else "MONOCHROME2")
    assert (file.BitsStored, file.HighBit, file.BitsAllocated) == (film.bits, film.bits - 1, 16)


def test_header_says_who_what_and_how():
    film = render(4, size=96, device="dr-b", view="LATERAL")
    file = reread(to_dicom(film, patient_id="PHANTOM-000123"))
    assert file.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (str(file.PatientName), file.PatientID) == ("Phantom^000123", "PHANTOM-000123")
    assert (file.Modality, file.BodyPartExamined, file.ViewPosition) == ("DX", "CHEST", "LL")
    assert (file.PatientSex, int(file.PatientAge[:3])) == (film.patient.sex, film.patient.age)
    assert file.ImagerPixelSpacing[0] == pytest.approx(film.spacing, abs=1e-5)
    assert file.SOPClassUID == file.file_meta.MediaStorageSOPClassUID
    assert file.QualityControlSubject == "YES"


def test_same_film_gives_the_same_file():
    first, second = (to_dicom(render(4, size=96), patient_id="PHANTOM-000004") for _ in range(2))
    assert first == second


def test_other_films_have_other_uids():
    films = [render(4, size=96), render(5, size=96), render(4, {"nodule": 0.5}, size=96)]
    files = [reread(to_dicom(film, patient_id="PHANTOM-000004")) for film in films]
    assert len({file.SOPInstanceUID for file in files}) == 3
    assert all(file.SOPInstanceUID.startswith("2.25.") and file.SOPInstanceUID.is_valid for file in files)
    assert files[0].StudyInstanceUID != files[1].StudyInstanceUID


def test_films_can_share_a_study():
    frontal, lateral = render(4, size=96), render(5, size=96, patient=4, view="LATERAL")
    first, second = (
        reread(to_dicom(film, patient_id="PHANTOM-000004", study_uid="2.25.1", number=number))
        for number, film in enumerate((frontal, lateral), 1)
    )
    assert first.StudyInstanceUID == second.StudyInstanceUID == "2.25.1"
    assert first.SeriesInstanceUID != second.SeriesInstanceUID


@pytest.mark.parametrize("patient_id", ["", "x" * 65])
def test_impossible_patient_id_is_refused(patient_id):
    with pytest.raises(ValueError, match="patient_id"):
        to_dicom(render(4, size=96), patient_id=patient_id)
