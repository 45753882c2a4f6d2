"""The demo: people, a project, synthetic films with known truth, and its first model, trained while one watches.

Films and training are jobs like any other. A small job looks every two seconds whether the next step is due.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from inference.models import Champion
from labeling.models import LabelImport
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.accounts.services import user_ensure
from overread.archive.models import Image
from overread.archive.phantom.dicom import to_dicom
from overread.archive.phantom.render import draw_findings, render
from overread.archive.phantom.table import Batch, shots
from overread.archive.services import image_ingest
from overread.jobs.models import Job, State
from overread.jobs.running import JobRefused, Lease
from overread.jobs.services import job_enqueue
from overread.projects.models import BlindFirst, Project, Role
from overread.projects.services import membership_add, project_create
from training.engine import recipes
from training.models import Run, Verdict
from training.services.promoting import model_promote
from training.services.runs import run_request

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
FINDINGS = (
    {"slug": "effusion", "name": "Effusion"},
    {"slug": "consolidation", "name": "Consolidation"},
    {"slug": "nodule", "name": "Nodule"},
    {"slug": "cardiomegaly", "name": "Cardiomegaly"},
    {"slug": "pneumothorax", "name": "Pneumothorax"},
)
PREVALENCE = dict.fromkeys((str(finding["slug"]) for finding in FINDINGS), 0.35)
LABELLED, UNREAD, SIZE = 400, 80, 512
CHUNK = 10  # films to a job
ABREAST = 4  # jobs that wait at once: each orders its successor, so that decoding goes along
DIFFICULTY = 0.1  # plain films: the demo's model has to learn from few, within a minute
RECIPE = recipes.find("quick").to_dict()
GATE = {
    "minimum_macro": 0.55,
    "minimum_finding": 0.2,
    "minimum_positives": 8,
    "minimum_negatives": 8,
    "calibration_limit": 0.25,
}
PATIENT = {"time_limit_s": 240.0}  # of the next tries: a busy machine gets through few epochs in the first
TRIES = 3
DECLARATION = (
    "Known truth: the generator drew these findings into the synthetic films. No model and no reader was in view."
)


@transaction.atomic
def demo_load() -> Project:
    """The demo's people and project, and the jobs that fill it. Doing it again changes nothing."""
    if found := Project.objects.filter(slug=SLUG).first():
        return found
    project = project_create(
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
        recipe=RECIPE,
        gate_policy=GATE,
    )
    for email, name, role in PEOPLE:
        staff = role == Role.ADMINISTRATOR
        user = user_ensure(email=email, name=name, password=PASSWORD, is_staff=staff, is_demo=True)
        membership_add(project=project, user=user, role=role)
    for chunk in range(ABREAST):
        _films_order(project, chunk * CHUNK)
    _look_again(project, 0)
    return project


def _films_order(project: Project, first: int) -> None:
    """Have a job draw the films from `first` on, if there are to be any."""
    if first < LABELLED + UNREAD:
        job_enqueue(kind="demo.films", key=f"demo.films:{first}", project=project.pk, first=first)


def films_make(*, project: Project, first: int, lease: Lease) -> None:
    """Draw and take in some films; those with known labels keep them as an independent standard."""
    planned = list(enumerate(shots(Batch(count=LABELLED + UNREAD))))[first : first + CHUNK]
    labelled: list[tuple[Image, dict[str, str]]] = []
    for place, shot in planned:
        drawn = draw_findings(shot.seed, PREVALENCE, patient=shot.patient)
        film = render(shot.seed, drawn, size=SIZE, difficulty=DIFFICULTY, view=shot.view, patient=shot.patient)
        content = to_dicom(film, patient_id=f"DEMO-{shot.patient:06d}")
        image = image_ingest(project=project, content=content, source="import").image
        if place < LABELLED:
            labelled.append((image, {slug: "present" if slug in drawn else "absent" for slug in PREVALENCE}))
        lease.progress(done=place - first + 1, total=len(planned))
    with lease.finishing():
        labels_import(source=_source(project), labels=labelled)
        _films_order(project, first + ABREAST * CHUNK)


def _source(project: Project) -> LabelImport:
    return label_import_open(
        project=project, name="Synthetic films", sha256="0" * 64, declaration=DECLARATION, independent=True
    )


def advance(*, project: Project, look: int, lease: Lease) -> None:
    """Do the demo's next step when it is due: train when all films are in, promote when the gate has passed a model."""
    if look > 1800:
        raise JobRefused("The demo was not ready within an hour; see the dead jobs before this one.")
    with lease.finishing():
        if not _step(project):
            _look_again(project, look + 1)


def _step(project: Project) -> bool:
    """Whether the demo is complete, after doing what is due."""
    if Champion.objects.filter(project=project).exists():
        return True
    if Run.objects.filter(project=project, state__in=Run.ACTIVE).exists():
        return False
    tries = _tries(project)
    if (last := tries.last()) is None:
        if _films_done(project):
            _try(project)
        return False
    verdict = Verdict.objects.filter(challenger=last.pipeline).first() if last.pipeline else None
    if verdict and verdict.passed:
        reason = "Set up by the demo loader in this account's name."
        model_promote(verdict=verdict, signed_by=User.objects.get(email=ENGINEER), reason=reason)
        return True
    if last.state == Run.State.FINISHED and verdict is None:
        return False  # the gate has yet to speak
    if _over(tries):
        return True
    _try(project, **PATIENT)
    return False


def _tries(project: Project) -> QuerySet[Run]:
    return Run.objects.filter(project=project, trigger="demo").order_by("number")


def _try(project: Project, **overrides: float) -> None:
    engineer = User.objects.get(email=ENGINEER)
    run_request(project=project, trigger="demo", requested_by=engineer, why="First model of the demo", **overrides)


def _over(tries: QuerySet[Run]) -> bool:
    """Whether no further try is made: all were, or somebody cancelled one."""
    return len(tries) >= TRIES or any(run.state == Run.State.CANCELLED for run in tries)


def _films_done(project: Project) -> bool:
    waiting = Job.objects.filter(project_id=project.pk, kind__in=["demo.films", "archive.render"])
    return not waiting.filter(state__in=[State.QUEUED, State.RUNNING]).exists()


def _look_again(project: Project, look: int) -> None:
    job_enqueue(
        kind="demo.advance",
        key=f"demo.advance:{project.pk}:{look}",
        project=project.pk,
        delay=timedelta(seconds=2),
        of=project.pk,
        look=look,
    )


def demo_state(project: Project) -> dict[str, Any]:
    """How far the demo is, for the terminal that started it."""
    tries = _tries(project)
    run = tries.last()
    judged = run is None or run.pipeline is None or Verdict.objects.filter(challenger=run.pipeline).exists()
    return {
        "films": Image.objects.filter(enrolments__project=project).count(),
        "of": LABELLED + UNREAD,
        "tries": len(tries),
        "over": _over(tries) and judged and not tries.filter(state__in=Run.ACTIVE).exists(),
        "run": run.state if run else "",
        "progress": run.progress if run else {},
        "champion": Champion.objects.filter(project=project).exists(),
        "queue": project.assignments.filter(state="queued").count(),
    }
