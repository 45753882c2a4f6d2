"""Keyed stand-ins for what identifies a patient: the same input and key always give the same stand-in."""

import hmac
import uuid
from dataclasses import dataclass

from overread.archive.patients import patient_known

DAY_SHIFT = 3650


def _digest(key: bytes, purpose: str, *parts: str) -> bytes:
    text = "\0".join((purpose, *(part.replace("\0", " ") for part in parts)))
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")


def pseudonym(*, issuer: str, patient_id: str, key: bytes) -> str:
    """Who this is without saying who: 32 hex digits of HMAC-SHA256 over issuer and patient ID, "" for no ID."""
    if not patient_id.strip():
        return ""
    return _digest(key, "patient", issuer.strip(), patient_id.strip()).hex()[:32]


def remapped_uid(uid: str, *, key: bytes) -> str:
    """The UID that stands for `uid` everywhere, so that references between files stay whole (PS3.5 B.2: 2.25.<UUID>).

    `uid` may be any text: a path or a script comes out as digits.
    """
    return f"2.25.{uuid.UUID(bytes=_digest(key, 'uid', uid)[:16], version=5).int}"


def day_shift(patient: str, *, key: bytes) -> int:
    """Days to add to every date of one patient, -3650 to -1: intervals stay, the calendar goes."""
    number = int.from_bytes(_digest(key, "day", patient)[:8])
    return -1 - number % DAY_SHIFT


@dataclass(frozen=True)
class Named:
    """Who and what one file names, exactly enough to be hashed."""

    issuer: str
    patient_id: str
    study: str
    series: str
    instance: str
    frame_of_reference: str  # "" where it has none


@dataclass(frozen=True)
class StandIns:
    """What stands for all that in the stored file."""

    patient: str
    study: str
    series: str
    instance: str
    frame_of_reference: str
    days: int


def stand_ins(named: Named, *, key: bytes) -> StandIns:
    # "Anonymous" in a thousand files is not one patient.
    patient = pseudonym(issuer=named.issuer, patient_id=patient_known(named.patient_id), key=key)
    return StandIns(
        patient=patient,
        study=remapped_uid(named.study, key=key),
        series=remapped_uid(named.series, key=key),
        instance=remapped_uid(named.instance, key=key),
        frame_of_reference=named.frame_of_reference and remapped_uid(named.frame_of_reference, key=key),
        days=day_shift(patient or named.study, key=key),
    )
