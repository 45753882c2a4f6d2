"""A small project in which a bit of everything has happened, made by the older build's own services.

`older.py` runs it in the older build, whose `tests.factories` it takes its images and its network from.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.test import Client
from django.utils import timezone
from fill_learning import make_imports, make_run, make_selections
from fill_reading import make_proposals, make_reads
from knox.models import AuthToken
from questions import questions

from labeling.models import Assignment, Draw, DrawPart
from overread.accounts.models import User
from overread.accounts.services import preferences_change
from overread.archive.launches import launch_make
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.audit.services import event_append, events_seal
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.jobs.services import job_enqueue
from overread.projects.models import Finding, Project, Role
from overread.projects.services import findings_mark_urgent, membership_add, project_change, project_create
from tests import factories
from tests.api.rooms import make_verdict
from tests.archive.dicom import made

PEOPLE = {
    Role.READER: "Rosa Reading",
    Role.ANNOTATOR: "Anton Annotates",
    Role.ADJUDICATOR: "Ada Judges",
    Role.ML_ENGINEER: "Emil Learns",
    Role.ADMINISTRATOR: "Alma Arranges",
}


def fill() -> list[list[str]]:
    """Make it all. Returns what may be asked of it: [[e-mail, address], …]."""
    settings.SELECTION_QUIET_SECONDS = 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    names = {**PEOPLE, "second": "Rolf Rereads", "operator": "Otto Operates"}
    people = {str(role): make_person(name, is_staff=role == "operator") for role, name in names.items()}
    project = make_project(people)
    images = make_images(project, people)
    events_seal()
    factories.make_champion(project, seed=1)
    make_verdict(project, factories.make_pipeline(project, seed=2))
    make_reads(project, people)
    events_seal()
    make_imports(project, images[9:11])
    make_run(project, people[Role.ML_ENGINEER])
    make_selections(project)
    make_proposals(project, people, images)
    make_people(people, project, images)
    events_seal()
    make_waiting(project, people)
    jobs_thin()
    return questions(project, people)


def make_person(name: str, **fields: Any) -> User:
    return User.objects.create_user(f"{name.split()[0].lower()}@example.org", factories.PASSWORD, name=name, **fields)


def make_project(people: dict[str, User]) -> Project:
    boss = people[Role.ADMINISTRATOR]
    findings = (
        factories.EFFUSION,
        factories.NODULE,
        factories.GRADE,
        {"slug": "age", "name": "Bone age", "kind": "measurement", "unit": "months", "minimum": 0, "maximum": 240},
    )
    project = project_create(
        slug="thorax",
        name="Thorax of the upgrade",
        modality="chest radiograph",
        findings=findings,
        actor=boss,
        audit_share=0.2,
        patient_cap=9,
        description="Films that were read before the upgrade.",
    )
    for role in PEOPLE:
        membership_add(project=project, user=people[role], role=role, actor=boss)
    membership_add(project=project, user=people["second"], role=Role.READER, actor=boss)
    findings_mark_urgent(project=project, actor=boss, slugs=["effusion"])
    project_change(
        project=project, actor=boss, batch_size=12, washout_days=30, snippets=[SNIPPET], blind_first="always"
    )
    return project


SNIPPET = "No change since the prior film."


def make_images(project: Project, people: dict[str, User]) -> list[Image]:
    """Pictures, films with spacings of each kind, and one of three frames; the last is not decoded yet."""
    images = [factories.make_image(project, content=factories.picture(seed, (20, 24))) for seed in range(9)]
    images += [
        factories.make_image(project, reference=True, content=factories.picture(seed, (20, 24))) for seed in (20, 21)
    ]
    films: list[dict[str, Any]] = [
        {"ImagerPixelSpacing": [0.2, 0.2], "PatientID": "MRN-2", "ViewPosition": "PA"},
        {"PixelSpacing": [0.3, 0.15], "PatientID": "MRN-3", "Modality": "CT"},
        {"PixelSpacing": [0.3, 0.3], "PatientID": "MRN-2", "StudyDate": "20240301"},
    ]
    for place, attributes in enumerate(films):
        images.append(take(project, people[Role.READER], made.ramp(step=5 + place), place, **attributes))
    images.append(take(project, people[Role.READER], frames(), 7, NumberOfFrames=3, PatientID="MRN-4"))
    image_ingest(project=project, content=factories.picture(30, (20, 24)), source="rest", actor=people["second"])
    return images


def frames() -> Any:
    return np.stack([made.ramp(step=step) for step in (3, 5, 7)])


def take(project: Project, actor: User, pixels: Any, place: int, **attributes: Any) -> Image:
    uid = f"1.2.3.4.{place + 10}"
    attributes |= {"StudyInstanceUID": uid + ".1", "SeriesInstanceUID": uid + ".2", "SOPInstanceUID": uid + ".3"}
    content = made.dicom(pixels, **attributes)
    image = image_ingest(project=project, content=content, source="upload", actor=actor).image
    run_all(queues=("io", "interactive"))
    return image


def make_people(people: dict[str, User], project: Project, images: list[Image]) -> None:
    """A session and a token that last for ever, preferences, and the audit of a link that was made."""
    Client().force_login(people[Role.READER])
    AuthToken.objects.create(people[Role.ML_ENGINEER])
    preferences_change(user=people[Role.READER], theme="light", keys={})
    launch_make(project=project, image=images[0], whole_study=True, actor=people[Role.ADMINISTRATOR])
    event_append(verb="tests.upgrade", actor=people["operator"], project=project.pk, words=["é", "漢", 0.1])


def make_waiting(project: Project, people: dict[str, User]) -> None:
    """Jobs of every state, a draw in parts under way, and an event that is not sealed yet."""
    draw = Draw.objects.create(project=project, strategy="uherding", seed=7, size=12, waiting=b"\0" * 8)
    part = DrawPart.objects.create(draw=draw, start=0, of=1, images=b"\1" * 16, patients=b"\0" * 8)
    job_enqueue(kind="labeling.select_shard", key=f"labeling.select_shard:{part.pk}", project=project.pk, part=part.pk)
    job_enqueue(kind="labeling.select_merge", key=f"labeling.select_merge:{draw.pk}", project=project.pk, draw=draw.pk)
    now = timezone.now()
    kinds = {"cancelled": {"finished_at": now}, "dead": {"error": "OSError: no space left", "attempts": 3}}
    for state, fields in kinds.items():
        Job.objects.create(
            kind="inference.predict", key=f"upgrade:{state}", queue="inference", project_id=project.pk, state=state,
            run_after=now - timedelta(minutes=5), requested_by=people["operator"], **fields,
        )  # fmt: skip
    Assignment.objects.filter(state__in=Assignment.RESERVED).update(lease_until=now + timedelta(days=36500))
    Finding.objects.filter(project=project, slug="pleural-plaque").update(added_at=now)
    event_append(verb="tests.unsealed", project=project.pk)


def jobs_thin() -> None:
    """Keep one job of each kind and state: what they were made from is in the rows that they left."""
    seen = set()
    for job in Job.objects.order_by("created_at"):
        if (job.kind, job.state) in seen:
            job.delete()
        seen.add((job.kind, job.state))
    Job.objects.exclude(worker="").update(worker="worker:1")
