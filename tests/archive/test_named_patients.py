"""A patient named beside the file: a pseudonym, once and for ever; what contradicts it is refused, never dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

from overread.archive import dicom as intake
from overread.archive.models import Enrolment, Image, Patient
from overread.archive.services import Source, image_ingest
from overread.audit.models import Event
from overread.projects.models import Project
from tests.archive.dicom.made import dicom
from tests.factories import make_project, picture

NOBODY = ["", " ", "NA", "n/a", ".", "unknown", "None"]
BY_HAND: tuple[Source, ...] = ("upload", "rest")


def pseudonym(identifier: str) -> str:
    return intake.pseudonym(issuer="", patient_id=identifier, key=settings.PSEUDONYM_KEY.encode())


def take(project: Project, content: bytes, patient: str = "", source: Source = "upload") -> Image:
    image: Image = image_ingest(project=project, content=content, source=source, patient=patient).image
    return image


def refusal(project: Project, content: bytes, patient: str, source: Source = "upload") -> intake.Refused:
    with pytest.raises(intake.Refused) as refused:
        take(project, content, patient, source)
    assert patient not in str(refused.value)
    return refused.value


@pytest.mark.parametrize("source", [*BY_HAND, "import"])
def test_two_films_of_a_named_patient_are_one_patients(project: Project, source: Source) -> None:
    films = [take(project, picture(), patient, source) for patient in ("MRN-4711", " MRN-4711 ")]
    assert {film.study.patient.pseudonym for film in films} == {pseudonym("MRN-4711")}


def test_strangers_are_not_one_patient(project: Project) -> None:
    for text in NOBODY:
        take(project, picture(), text)
    assert Patient.objects.count() == len(NOBODY)


def test_files_that_name_nobody_in_words_are_not_one_patients(project: Project) -> None:
    for number, text in enumerate(NOBODY):
        take(project, dicom(PatientID=text, StudyInstanceUID=f"1.2.{number}", SOPInstanceUID=f"1.3.{number}"))
    assert Patient.objects.count() == len(NOBODY)


@pytest.mark.parametrize("source", BY_HAND)
def test_a_files_own_patient_stands(project: Project, source: Source) -> None:
    image = take(project, dicom(PatientID="MRN-1"), "MRN-1", source)
    assert image.study.patient.pseudonym == pseudonym("MRN-1")
    assert refusal(project, dicom(PatientID="MRN-2"), "MRN-1", source).code == "patient_contradicts"
    assert Image.objects.count() == 1


def test_a_tables_patient_wins_over_the_files(project: Project) -> None:
    image = take(project, dicom(PatientID="MRN-2"), "A1", "import")
    assert image.study.patient.pseudonym == pseudonym("A1")
    assert take(project, dicom(PatientID="MRN-2")) == image  # the file says what it said then


@pytest.mark.parametrize("source", [*BY_HAND, "import"])
def test_another_patient_for_the_same_pixels_is_refused(project: Project, source: Source) -> None:
    content = picture()
    image = take(project, content, "A", "import")
    other = make_project()
    assert refusal(other, content, "somebody else", source).code == "patient_conflict"
    assert not Enrolment.objects.filter(project=other).exists()
    assert Image.objects.get().study.patient == image.study.patient


@pytest.mark.parametrize("source", [*BY_HAND, "import"])
def test_a_patient_named_later_is_refused_and_told_what_to_do(project: Project, source: Source) -> None:
    content = picture()
    image = take(project, content)
    said = refusal(project, content, "named later", source)
    assert said.code == "patient_named_later" and "Leave the patient out" in said.reason
    assert take(project, content) == image
    assert Patient.objects.count() == 1


def test_the_same_patient_again_or_none_changes_nothing(project: Project) -> None:
    content = picture()
    image = take(project, content, "A")
    for again in ("A", " A", "", "unknown"):
        assert take(project, content, again) == image
    assert Patient.objects.count() == 1


def test_the_identifier_is_kept_nowhere(project: Project, caplog: Any) -> None:
    image = take(project, picture(), "MRN-4711")
    events = json.dumps(list(Event.objects.values_list("detail", flat=True)))
    rows = json.dumps(list(Image.objects.filter(pk=image.pk).values()) + list(Patient.objects.values()), default=str)
    assert "MRN-4711" not in events + rows + caplog.text
