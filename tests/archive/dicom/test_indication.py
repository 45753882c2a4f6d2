"""Why an image was asked for: coded reasons are read, free text is not, and the stored file holds neither."""

from typing import Any

import pytest
from pydicom.sequence import Sequence

from overread.archive.dicom import Reader

from .made import KEY, dicom, items

COUGH = {"CodeValue": "49727002", "CodingSchemeDesignator": "SCT", "CodeMeaning": "Cough"}
REQUESTED, PERFORMED = "ReasonForRequestedProcedureCodeSequence", "ReasonForPerformedProcedureCodeSequence"


def indication(intake: Reader, **attributes: Any) -> str:
    result = intake.take_in(dicom(**attributes), key=KEY)
    assert b"Cough" not in result.content and b"49727002" not in result.content
    return result.facts.indication


@pytest.mark.parametrize(
    "attributes",
    [
        {PERFORMED: items(COUGH)},
        {REQUESTED: items(COUGH)},
        {"RequestAttributesSequence": items({REQUESTED: items(COUGH)})},
        {PERFORMED: items(COUGH | {"CodingSchemeDesignator": "99SITE"}, COUGH)},
        {PERFORMED: items(COUGH | {"CodingSchemeDesignator": "I10", "CodeValue": "R05.9"})},
    ],
)
def test_a_coded_reason_is_the_indication(intake: Reader, attributes: dict[str, Sequence]) -> None:
    assert indication(intake, **attributes) == "Cough"


@pytest.mark.parametrize(
    "code",
    [
        COUGH | {"CodingSchemeDesignator": "99SITE"},
        COUGH | {"CodingSchemeDesignator": "L"},
        {name: value for name, value in COUGH.items() if name != "CodingSchemeDesignator"},
        COUGH | {"CodeValue": "COUGH OF JANE"},
        COUGH | {"CodeValue": ""},
        {name: value for name, value in COUGH.items() if name != "CodeMeaning"},
        {},
    ],
)
def test_what_is_no_code_of_a_public_system_is_not_taken(intake: Reader, code: dict[str, str]) -> None:
    assert indication(intake, **{PERFORMED: items(code)}) == ""


def test_free_text_is_not_read(intake: Reader) -> None:
    assert (
        indication(intake, ReasonForStudy="Cough", StudyDescription="Cough", AdmittingDiagnosesDescription="Cough")
        == ""
    )


@pytest.mark.parametrize("meaning", ["Cough of Anderson", "Cough, MRN-1"])
def test_a_meaning_that_names_the_patient_is_not_taken(intake: Reader, meaning: str) -> None:
    named = {PERFORMED: items(COUGH | {"CodeMeaning": meaning})}
    assert indication(intake, PatientName="Anderson^Jane", **named) == ""
