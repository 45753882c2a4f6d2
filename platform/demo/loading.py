"""Setting up the demo: people, project and network at once, the films by jobs like any other.

First come the films that the gate needs, which are those of the reference set's patients, and some to read. When they
are in, the network goes through the gate like any challenger, and a reader has suggestions. The other films come in
slowly beside, a few at a time: nobody waits for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.db import transaction

from demo.films import FINDINGS, LABELLED, UNREAD, Film, draw, films
from demo.jobs import FILMS, films_request, judge_request
from demo.model import shipped
from inference.jobs import refresh_jobs
from inference.models import Champion, Pipeline
from inference.services.versions import bundle_store, version_register
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.accounts.services import user_ensure
from overread.archive.dicom import pseudonym
from overread.archive.jobs import render_jobs
from overread.archive.models import Image
from overread.archive.services import image_ingest, reference_draw
from overread.jobs.models import Job, State
from overread.jobs.running import Lease
from overread.projects.models import BlindFirst, Project, Role
from overread.projects.services import membership_add, project_create
from training.engine.recipe import Recipe
from training.models import Verdict
from training.services.promoting import model_promote

SLUG = "chest"
PASSWORD = "overread-demo"
ENGINEER = "ml@demo.example"
PEOPLE = (
    ("reader@demo.example", "Dr Rosa Reader", Role.READER),
    ("annotator@demo.example", "Anton Annotator", Role.ANNOTATOR),
    ("adjudicator@demo.example", "Dr Ada Judge", Role.ADJUDICATOR),
    (ENGINEER, "Mia Engineer", Role.ML_ENGINEER),
    ("admin@demo.example", "Ola Admin", Role.ADMINISTRATOR),
)
REASON = "Set up by the demo loader in this account's name."
ACTIVE = (State.QUEUED, State.RUNNING)
FIRST_UNREAD = 12
"""Unread films that are there when the network is judged: enough to begin with, as more come beside."""
CHUNK = 4  # films to a job
ABREAST = 2  # jobs that wait at once of the films that come first; each orders the one after the other's
PAUSE = timedelta(seconds=8)
"""Between two jobs of the films nobody waits for: a tenth of one core."""
GATE = {
    "minimum_macro": 0.7,
    "minimum_finding": 0.4,
    "minimum_positives": 8,
    "minimum_negatives": 8,
    "calibration_limit": 0.25,
}
DECLARATION = (
    "Known truth: the generator drew these findings into the synthetic films. No model and no reader was in view."
)


def demo_load() -> Project:
    """The demo's people, project and network, and the jobs that fill it. Doing it again changes nothing."""
    if found := Project.objects.filter(slug=SLUG).first():
        return found
    bundle = shipped()
    bundle_store(bundle)
    with transaction.atomic():
        project = _project(_recipe(bundle.sha256))
        for email, name, role in PEOPLE:
            staff = role == Role.ADMINISTRATOR
            user = user_ensure(email=email, name=name, password=PASSWORD, is_staff=staff, is_demo=True)
            membership_add(project=project, user=user, role=role)
        version_register(project=project, bundle=bundle, facts={}, actor=User.objects.get(email=ENGINEER))
        for place in range(ABREAST):
            films_request(project, place * CHUNK)
    return project


def _project(recipe: dict[str, Any]) -> Project:
    return project_create(
        slug=SLUG,
        name="Chest demo",
        modality="chest radiograph",
        findings=FINDINGS,
        description="Synthetic chest radiographs with known truth, drawn by this product's own generator. No patient is in it.",
        intended_use="Trying Overread out. A model that learned from synthetic films must not meet patients.",
        not_for="Any real image or clinical question.",
        blind_first=BlindFirst.SHARE,
        blind_share=0.2,
        batch_size=40,
        recipe=recipe,
        gate_policy=GATE,
    )


def _recipe(bundle: str) -> dict[str, Any]:
    """The recipe of runs that somebody starts: they continue from the network in use, for seconds."""
    return Recipe(
        architecture="tiny_cnn", size=128, epochs=20, learning_rate=1e-3, initial="bundle", initial_sha256=bundle
    ).to_dict()


def films_ordered() -> tuple[list[Film], list[Film]]:
    """The films that come first, and the others, in turn to read and to learn from. The deployment's keys say who is of
    the reference set.
    """
    unread = [film for film in films() if not film.labelled]
    standard = [film for film in films() if film.labelled and _of_reference(film)]
    others = [film for film in films() if film.labelled and film not in standard]
    pairs = zip_longest(unread[FIRST_UNREAD:], others)
    return standard + unread[:FIRST_UNREAD], [film for pair in pairs for film in pair if film]


def _of_reference(film: Film) -> bool:
    who = pseudonym(issuer="", patient_id=film.patient_id, key=settings.PSEUDONYM_KEY.encode())
    return reference_draw(who) < settings.REFERENCE_SHARE


def films_make(*, project: Project, first: int, lease: Lease) -> None:
    """Draw and take in some films; the truth of the labelled ones is kept as an independent standard."""
    sooner, later = films_ordered()
    planned = sooner[first : first + CHUNK]
    if not planned:
        planned = (sooner + later)[first : first + CHUNK]
    source = label_import_open(
        project=project, name="Synthetic films", sha256="0" * 64, declaration=DECLARATION, independent=True
    )
    for done, film in enumerate(planned, start=1):
        content, truth = draw(film.shot, film.patient_id, film.size)
        image = image_ingest(project=project, content=content, source="import").image
        if film.labelled:
            labels_import(source=source, labels=[(image, truth)])
        lease.progress(done=done, total=len(planned))
    with lease.finishing():
        go_on(lease.job)


def network_judge(*, project: Project, look: int, lease: Lease) -> None:
    """Put the network before the gate once the first films are in, and promote it if it passes."""
    from training.services.judging import challenger_judge

    if render_jobs().filter(project_id=project.pk, state__in=ACTIVE).exists():
        with lease.finishing():
            judge_request(project, look + 1)
        return
    network = Pipeline.objects.filter(project=project).earliest("number")
    verdict = Verdict.objects.filter(challenger=network).first() or challenger_judge(challenger=network)
    with lease.finishing():
        if verdict.passed and not Champion.objects.filter(project=project).exists():
            model_promote(verdict=verdict, signed_by=User.objects.get(email=ENGINEER), reason=REASON)
        go_on(lease.job)


def go_on(job: Job) -> None:
    """Order what follows a job of the demo that is done or given up, in the transaction that ends it."""
    project = Project.objects.select_for_update(no_key=True).get(pk=job.arguments["of"])  # one after the other
    sooner, later = films_ordered()
    if job.kind != FILMS:
        films_request(project, len(sooner), PAUSE)
    elif (first := job.arguments["first"]) >= len(sooner):
        if first + CHUNK < len(sooner) + len(later):
            films_request(project, first + CHUNK, PAUSE)
    elif first + ABREAST * CHUNK < len(sooner):
        films_request(project, first + ABREAST * CHUNK)
    elif not Job.objects.filter(project_id=project.pk, kind=FILMS, state__in=ACTIVE).exclude(pk=job.pk).exists():
        judge_request(project, 0)


@dataclass(frozen=True)
class DemoState:
    """How far the demo is. `passed` is None until the gate has decided; `scored`: the network in use has answered what is
    there.
    """

    films: int
    of: int
    passed: bool | None
    scored: bool
    queue: int


def demo_state(project: Project) -> DemoState:
    """For the terminal that started the demo."""
    verdict = Verdict.objects.filter(project=project).order_by("created_at").first()
    scoring = refresh_jobs(project.pk).filter(state__in=ACTIVE)
    return DemoState(
        films=Image.objects.filter(enrolments__project=project).count(),
        of=LABELLED + UNREAD,
        passed=verdict.passed if verdict else None,
        scored=Champion.objects.filter(project=project).exists() and not scoring.exists(),
        queue=project.assignments.filter(state="queued").count(),
    )
