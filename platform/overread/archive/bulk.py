"""Taking in many files of a data set: the same checks as for one, in as many processes as there are, and few statements.

A batch takes two steps. `file_take_in` needs no database and may run in several threads; `images_store` is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction

from overread import rows
from overread.accounts.models import User
from overread.archive import blobs, dicom
from overread.archive.jobs import render_request
from overread.archive.models import Enrolment, Image, Patient, Rendering, Study
from overread.archive.services import (
    IMAGE_FACTS,
    Ingested,
    Source,
    enrolment_check,
    frame_columns,
    image_store,
    patient_given,
    patient_of,
    reference_draw,
)
from overread.audit.services import event_of
from overread.projects.models import Project

IMPORT: Source = "import"


class CameAtOnce(Exception):
    """One of these files came by another way at the same moment."""


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """A file that was checked, de-identified and put into the store. `given`: the pseudonym of the patient that the data set
    names, "" where it names nobody. `rendering`: the columns of its rendition, None where a job is to decode it.
    """

    facts: dicom.ImageFacts
    given: str
    sha256: str
    rendering: Mapping[str, Any] | None


def file_take_in(content: bytes, *, patient: str = "", said: Mapping[str, Any] | None = None) -> TakenIn:
    """Take in one file of a data set. `said`: what the data set says of it, by names of ImageFacts' fields; it wins over the
    file. Raises dicom.Refused. Thread-safe.
    """
    given = patient_given(patient)
    result = dicom.take_in(content, key=settings.PSEUDONYM_KEY.encode())
    facts = replace(result.facts, patient=patient_of(result, given), **(said or {}))
    blobs.put(result.content, result.sha256)
    return TakenIn(facts=facts, given=given, sha256=result.sha256, rendering=_rendering(result.content, facts.frames))


def _rendering(content: bytes, frames: int) -> dict[str, Any] | None:
    """The rendition of a file with one frame. What has more, or does not decode, is left to the job, which knows how to go on
    after a restart and how to put an image into quarantine.
    """
    if frames > 1:
        return None
    try:
        return frame_columns(dicom.render(content))
    except dicom.Refused:
        return None


@transaction.atomic
def images_store(*, project: Project, files: Sequence[TakenIn], actor: User | None) -> list[Ingested | dicom.Refused]:
    """Store files of a data set, and enrol their images. What cannot be stored is refused in its place."""
    known = set(Image.objects.filter(sha256__in=[file.sha256 for file in files]).values_list("sha256", flat=True))
    new: dict[str, TakenIn] = {}
    for file in files:
        if file.sha256 not in known:
            new.setdefault(file.sha256, file)
    stored: dict[str, Image] = {}
    try:
        with transaction.atomic():
            stored = _store_new(project, list(new.values()), actor)
    except CameAtOnce:
        pass  # one by one, below: each is found or made with all that belongs to it
    outcome: list[Ingested | dicom.Refused] = []
    for file in files:
        if file.sha256 in stored and new[file.sha256] is file:
            outcome.append(Ingested(stored[file.sha256], new=True, enrolled=True))
        else:
            outcome.append(_store_known(project, file, actor))
    return outcome


def _store_known(project: Project, file: TakenIn, actor: User | None) -> Ingested | dicom.Refused:
    """A file that the archive has already, or whose study is another patient's."""
    try:
        return image_store(
            project=project, facts=file.facts, given=file.given, sha256=file.sha256, source=IMPORT, actor=actor
        )
    except dicom.Refused as refusal:
        return refusal


def _store_new(project: Project, files: Sequence[TakenIn], actor: User | None) -> dict[str, Image]:
    """Images of files that the archive does not have, by SHA-256. Leaves out those whose study is another patient's."""
    if not files:
        return {}
    patients = _patients(file.facts.patient for file in files)
    studies = _studies(files, patients)
    images = {}
    renderings = []
    for file in files:
        study = studies[file.facts.study_uid]
        if study.patient_id != patients[file.facts.patient].pk:
            continue
        image = _image(file, study)
        images[file.sha256] = image
        if file.rendering is not None:
            renderings.append(Rendering(image=image, **file.rendering))
    if not images:
        return {}
    if rows.insert_all(list(images.values())) != len(images):
        raise CameAtOnce
    if renderings:
        Rendering.objects.bulk_create(renderings)
    _enrol(project, list(images.values()), {rendering.image_id: rendering for rendering in renderings}, actor)
    return images


def _image(file: TakenIn, study: Study) -> Image:
    status = Image.Status.RECEIVED
    if file.rendering is not None:
        status = Image.Status.READY
    columns = {name: getattr(file.facts, name) for name in IMAGE_FACTS}
    return Image(study=study, sha256=file.sha256, status=status, **columns)


def _enrol(project: Project, images: Sequence[Image], renderings: Mapping[Any, Rendering], actor: User | None) -> None:
    """Put new images into the project, with their audit events. Those that are ready go to their listeners, the others have a
    job that decodes them.
    """
    enrolments = [Enrolment(project=project, image=image, source=IMPORT, added_by=actor) for image in images]
    rows.insert_all(enrolments)
    place = project.pk
    events = []
    for image in images:
        events.append(event_of(verb="image.receive", actor=actor, target=image, project=place, kind=image.kind))
        events.append(event_of(verb="image.enrol", actor=actor, target=image, project=place, source=IMPORT))
    rows.insert_all(events)
    for enrolment in enrolments:
        rendering = renderings.get(enrolment.image_id)
        if rendering is None:
            render_request(image=enrolment.image_id, project=place, source=IMPORT)
        else:
            enrolment_check(enrolment=enrolment, image=enrolment.image, rendering=rendering)


def _patients(pseudonyms: Iterable[str]) -> dict[str, Patient]:
    """The patients of these pseudonyms, made where there are none. Sorted, so that two imports never wait for each other."""
    wanted = sorted(set(pseudonyms))
    found = {patient.pseudonym: patient for patient in Patient.objects.filter(pseudonym__in=wanted)}
    made = []
    for pseudonym in wanted:
        if pseudonym not in found:
            draw = reference_draw(pseudonym)
            made.append(Patient(pseudonym=pseudonym, draw=draw, reference=draw < settings.REFERENCE_SHARE))
    if made:
        rows.insert_all(made)
        names = [patient.pseudonym for patient in made]
        found |= {patient.pseudonym: patient for patient in Patient.objects.filter(pseudonym__in=names)}
    return found


def _studies(files: Sequence[TakenIn], patients: Mapping[str, Patient]) -> dict[str, Study]:
    """The studies of these files by UID, made where there are none."""
    wanted = {file.facts.study_uid: file.facts for file in files}
    found = {study.uid: study for study in Study.objects.filter(uid__in=wanted)}
    made = []
    for uid, facts in sorted(wanted.items()):
        if uid not in found:
            made.append(Study(uid=uid, patient=patients[facts.patient], day=facts.study_day))
    if made:
        rows.insert_all(made)
        found |= {study.uid: study for study in Study.objects.filter(uid__in=[study.uid for study in made])}
    return found
