import re

from overread.archive.dicom import pseudonym
from overread.archive.dicom.identity import DAY_SHIFT, day_shift, remapped_uid

from .made import KEY


def test_a_pseudonym_depends_on_issuer_patient_and_key():
    one = pseudonym(issuer="A", patient_id="1", key=KEY)
    assert re.fullmatch("[0-9a-f]{32}", one)
    assert one == pseudonym(issuer="A ", patient_id=" 1", key=KEY)
    others = {pseudonym(issuer=issuer, patient_id=patient, key=KEY) for issuer, patient in (("", "1"), ("A", "2"))}
    assert one not in others | {
        pseudonym(issuer="A", patient_id="1", key=b"x"),
        pseudonym(issuer="A1", patient_id="", key=KEY),
    }


def test_nobody_has_no_pseudonym():
    assert pseudonym(issuer="A", patient_id="  ", key=KEY) == ""


def test_issuer_and_patient_do_not_run_together():
    assert pseudonym(issuer="AB", patient_id="C", key=KEY) != pseudonym(issuer="A", patient_id="BC", key=KEY)


def test_a_remapped_uid_is_a_uid():
    uid = remapped_uid("1.2.3", key=KEY)
    assert re.fullmatch(r"2\.25\.[1-9][0-9]{1,38}", uid)
    assert uid != remapped_uid("1.2.4", key=KEY)


def test_every_patient_has_a_shift_of_at_most_ten_years():
    shifts = {day_shift(str(patient), key=KEY) for patient in range(2000)}
    assert min(shifts) >= -DAY_SHIFT
    assert max(shifts) <= -1
    assert len(shifts) > 1000
