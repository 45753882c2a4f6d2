"""Writes to the archive."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from overread import rows
from overread.accounts.models import User
from overread.archive import blobs, dicom
from overread.archive.events import ImageReady
from overread.archive.fitness import mismatch_of
from overread.archive.jobs import render_request
from overread.archive.models import Enrolment, FrameRendering, Image, Patient, Rendering, Study
from overread.archive.patients import patient_known
from overread.audit.services import event_append, event_of
from overread.events import announce
from overread.jobs.running import Lease
from overread.projects.models import Project

Source = Literal["upload", "rest", "import"]
OF_STUDY = ("patient", "study_uid", "study_day")  # facts that the study and its patient keep
IMAGE_FACTS = [field.name for field in fields(dicom.ImageFacts) if field.name not in OF_STUDY]
KNOWN = rows.Select(also=["1"], rest="FROM archive_image WHERE sha256 = %s")
FRAMES_AT_ONCE = 16  # of one file in one call: each call has the processor time of a whole file


@dataclass(frozen=True)
class Ingested:
    """What became of an incoming file: its image, and whether the archive or the project had it before."""

    image: Image
    new: bool
    enrolled: bool


def reference_draw(pseudonym: str) -> float:
    """A number in [0, 1) fixed by the patient and the deployment's reference key (HMAC-SHA256, 53 bits)."""
    digest = hmac.new(settings.REFERENCE_KEY.encode(), pseudonym.encode(), hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def patient_ensure(*, pseudonym: str) -> Patient:
    """The patient of this pseudonym. Whether they are in the reference set is decided here, once, for the deployment."""
    draw = reference_draw(pseudonym)
    patient = Patient(pseudonym=pseudonym, draw=draw, reference=draw < settings.REFERENCE_SHARE)
    if rows.insert(patient):
        return patient
    return Patient.objects.get(pseudonym=pseudonym)


def image_ingest(
    *,
    project: Project,
    content: bytes,
    source: Source,
    actor: User | None = None,
    patient: str = "",
    indication: str = "",
) -> Ingested:
    """Take one file into the archive and into a project: checked, de-identified and hashed in a limited child process.

    `patient` is the identifier that a table or the uploader gives; it is replaced by its keyed pseudonym, as the one in a
    DICOM file is. A table's wins over the file's; an uploader's must not contradict it. Nobody is named by words such as
    "NA", and a file that names nobody is a patient of its own. `indication`, too, wins over what the file says; an image
    that is there gets it. Raises dicom.Refused with a code and a reason.
    """
    given = patient_given(patient)
    result = dicom.take_in(content, key=settings.PSEUDONYM_KEY.encode())
    if source != "import":
        _check_file_agrees(result.facts, given)
    facts = replace(result.facts, patient=patient_of(result, given))
    if indication:
        facts = replace(facts, indication=indication)
    blobs.put(result.content, result.sha256)
    return image_store(project=project, facts=facts, given=given, sha256=result.sha256, source=source, actor=actor)


def patient_given(identifier: str) -> str:
    """The keyed pseudonym of a patient who is named beside a file, "" where nobody is."""
    return dicom.pseudonym(issuer="", patient_id=patient_known(identifier), key=settings.PSEUDONYM_KEY.encode())


def patient_of(result: dicom.IntakeResult, given: str) -> str:
    """The pseudonym of a file's patient: the one given, else the file's own, else one of this image alone."""
    return given or result.facts.patient or _patient_of_its_own(result.sha256)


def _patient_of_its_own(sha256: str) -> str:
    """The pseudonym behind an image whose patient nobody named."""
    return dicom.pseudonym(issuer="content", patient_id=sha256, key=settings.PSEUDONYM_KEY.encode())


def _check_file_agrees(facts: dicom.ImageFacts, given: str) -> None:
    """Raises dicom.Refused where the file names its patient, and not as the one given."""
    if given and facts.patient not in ("", given):
        raise dicom.Refused(
            "patient_contradicts",
            "The file itself names its patient, and not as the one given. Leave the patient empty: the file's own stands.",
        )


def _check_stored_agrees(image: Image, given: str) -> None:
    """Raises dicom.Refused where a patient is given and the stored image has another.

    An image keeps its patient (migration 0003): another one might belong to the reference set where this one was learned
    from, or the other way round.
    """
    stored = image.study.patient.pseudonym
    if given in ("", stored):
        return
    if stored == _patient_of_its_own(image.sha256):
        raise dicom.Refused(
            "patient_named_later",
            "The same image came before, without a patient, and has counted as a patient of its own since. An image keeps "
            "its patient. Leave the patient out here, and name patients when their images come for the first time.",
        )
    raise dicom.Refused(
        "patient_conflict",
        "The same image is on record under another patient. An image keeps its patient: find out which is right, and leave "
        "the patient out here if it is the one on record.",
    )


@transaction.atomic
def image_store(
    *, project: Project, facts: dicom.ImageFacts, given: str, sha256: str, source: Source, actor: User | None
) -> Ingested:
    """Store one file that was taken in. `given`: the pseudonym of a patient named beside the file.

    One statement a table: this is what an upload waits for. Raises dicom.Refused where the patient contradicts the record.
    """
    if not KNOWN.rows(sha256):
        columns = {name: getattr(facts, name) for name in IMAGE_FACTS}
        image = Image(study=study_ensure(facts), sha256=sha256, **columns)
        if rows.insert(image):
            return _store_new(project=project, image=image, source=source, actor=actor)
        # the same file came at the same moment; now it is there
    image = Image.objects.select_related("study__patient", "rendering").get(sha256=sha256)
    _check_stored_agrees(image, given)
    enrolled = image_enrol(project=project, image=image, source=source, actor=actor)
    if source == "import" and facts.indication not in ("", image.indication):
        image.indication = facts.indication
        image.save(update_fields=["indication"])
        event_append(verb="image.indication", actor=actor, target=image, project=project.pk)
    return Ingested(image, new=False, enrolled=enrolled)


def _store_new(*, project: Project, image: Image, source: Source, actor: User | None) -> Ingested:
    """What belongs to a new image: its enrolment in the project, its job, and their audit events."""
    rows.insert(Enrolment(project=project, image=image, source=source, added_by=actor))
    place = project.pk
    received = event_of(verb="image.receive", actor=actor, target=image, project=place, kind=image.kind)
    enrolled = event_of(verb="image.enrol", actor=actor, target=image, project=place, source=source)
    rows.insert_all([received, enrolled])
    render_request(image=image.pk, project=place, source=source)
    return Ingested(image, new=True, enrolled=True)


def study_ensure(facts: dicom.ImageFacts) -> Study:
    made = Study(uid=facts.study_uid, patient=patient_ensure(pseudonym=facts.patient), day=facts.study_day)
    if rows.insert(made):
        return made
    study = Study.objects.select_related("patient").get(uid=made.uid)
    if study.patient == made.patient:
        return study
    # two patients claim one study UID: keep them apart
    made.uid = "2.25." + str(int(hashlib.sha256(f"{made.uid}:{facts.patient}".encode()).hexdigest()[:30], 16))
    if rows.insert(made):
        return made
    return Study.objects.select_related("patient").get(uid=made.uid)


@transaction.atomic(savepoint=False)
def image_enrol(*, project: Project, image: Image, source: Source, actor: User | None) -> bool:
    """Put an image into a project. False when it was there. An image that is ready goes straight to its listeners."""
    enrolment = Enrolment(project=project, image=image, source=source, added_by=actor)
    made = rows.insert(enrolment)
    if made:
        event_append(verb="image.enrol", actor=actor, target=image, project=project.pk, source=source)
        if image.status == Image.Status.READY:
            enrolment_check(enrolment=enrolment, image=image, rendering=image.rendering)
    return made


def enrolment_check(*, enrolment: Enrolment, image: Image, rendering: Rendering, again: bool = False) -> None:
    """Announce a ready image to its project, unless it is plainly not what the project reads and nobody has admitted it.

    `again`: the image was ready before. What the project accepted then it keeps, as it may have been read since; a mismatch
    found now only goes to the audit log.
    """
    if not _stopped(enrolment, image, rendering, again=again):
        announce(ImageReady(image.pk, enrolment.project_id, enrolment.source))


def _stopped(enrolment: Enrolment, image: Image, rendering: Rendering, *, again: bool) -> bool:
    if enrolment.admitted_by_id is not None:
        return False
    project = enrolment.project
    mismatch = mismatch_of(modality=project.modality, image=image, rendering=rendering)
    if mismatch == enrolment.mismatch:
        return bool(mismatch)
    kept = again and not enrolment.mismatch
    unsaid = Enrolment.objects.filter(project=project, image=image, admitted_by=None)
    if not kept and not unsaid.update(mismatch=mismatch):
        return False  # a member has admitted it meanwhile
    event_append(verb="image.mismatch", target=image, project=project.pk, mismatch=str(mismatch), kept=kept)
    return bool(mismatch) and not kept


@transaction.atomic
def enrolment_admit(*, project: Project, image: Image, actor: User) -> bool:
    """Accept an image as what the project reads, because a member says so. False where there was no mismatch."""
    stopped = Enrolment.objects.filter(project=project, image=image).exclude(mismatch="")
    if not stopped.update(mismatch="", admitted_by=actor):
        return False
    event_append(verb="image.admit", actor=actor, target=image, project=project.pk)
    enrolment = Enrolment.objects.get(project=project, image=image)
    if image.status == Image.Status.READY:
        announce(ImageReady(image.pk, project.pk, enrolment.source))
    return True


def image_render(*, image: Image, lease: Lease) -> None:
    """Decode an image and store what browsers and models need of it. What does not decode goes to quarantine with its
    reason.
    """
    try:
        content = blobs.get(image.sha256)
        made = dicom.render(content)
        frames = list(_frames_made(image, content, lease))
    except dicom.Refused as refusal:
        with lease.finishing():
            image_quarantine(image=image, reason=refusal.reason)
        return
    columns = frame_columns(made)
    with lease.finishing():
        rendering, _new = Rendering.objects.update_or_create(image=image, defaults=columns)
        FrameRendering.objects.filter(image=image).delete()
        FrameRendering.objects.bulk_create(frames)
        again = image.status == Image.Status.READY
        Image.objects.filter(pk=image.pk).update(status=Image.Status.READY, reason="")
        image.status = Image.Status.READY
        for enrolment in image.enrolments.select_related("project"):
            enrolment_check(enrolment=enrolment, image=image, rendering=rendering, again=again)


def _frames_made(image: Image, content: bytes, lease: Lease) -> Iterator[FrameRendering]:
    """The frames after the first, a batch at a time, up to the most that are kept of one image. Raises dicom.Refused."""
    end = min(image.frames, settings.FRAMES_MAX)
    for first in range(1, end, FRAMES_AT_ONCE):
        beyond = min(first + FRAMES_AT_ONCE, end)
        frames = dicom.render_frames(content, first=first, count=beyond - first)
        for number, frame in enumerate(frames, start=first):
            yield FrameRendering(image=image, number=number, **frame_columns(frame))
        lease.progress(frames=beyond, of=image.frames)


def frame_columns(frame: dicom.Frame) -> dict[str, Any]:
    """What the row of a frame holds of it: its facts, and in place of each level the digest of its blob."""
    columns = asdict(frame)
    for name, value in columns.items():
        if isinstance(value, bytes):
            columns[name] = blobs.put(value)
    return columns


def image_quarantine(*, image: Image, reason: str) -> None:
    Image.objects.filter(pk=image.pk).update(status=Image.Status.QUARANTINED, reason=reason)
    event_append(verb="image.quarantine", target=image, reason=reason)
