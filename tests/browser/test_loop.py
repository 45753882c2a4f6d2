"""The whole loop, once: upload, look, correct, train, pass the gate, promote, and see the queue change."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from labeling.models import Answer, Assignment
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from overread.projects.services import membership_add, project_create
from phantom.dicom import to_dicom
from phantom.render import render
from tests.factories import in_reference, make_champion, make_member
from training.models import Run

RECIPE = {"size": 32, "epochs": 10, "batch": 16, "threads": 1, "augmentation": "none"}
GATE = {
    "primary_margin": 0.5,
    "finding_margin": 0.5,
    "minimum_positives": 2,
    "minimum_negatives": 2,
    "calibration_limit": 1.0,
    "precision_margin": 1.0,
    "subgroup_margin": 1.0,
}
LABELLED, UNREAD = 160, 12


def blob(present: bool, rng: np.random.Generator) -> bytes:
    """A grey picture, with a bright disc where the finding is present."""
    pixels = rng.normal(90, 12, (48, 48))
    if present:
        y, x = rng.integers(12, 36, 2)
        rows, columns = np.ogrid[:48, :48]
        pixels[(rows - y) ** 2 + (columns - x) ** 2 < 60] += 90
    out = io.BytesIO()
    Picture.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "png")
    return out.getvalue()


@pytest.fixture
def project(transactional_db: None) -> Project:
    """Labelled pictures of an easy finding, some more unread, and a first model that has learned nothing."""
    project = project_create(
        slug="loop",
        name="Loop",
        modality="test images",
        findings=({"slug": "nodule", "name": "Nodule"},),
        recipe=RECIPE,
        gate_policy=GATE,
        audit_share=0.0,
        reference_readers=1,
    )
    rng = np.random.default_rng(7)
    labelled: list[tuple[Image, dict[str, str]]] = []
    for number in range(LABELLED + UNREAD):
        present = bool(rng.random() < 0.5)
        patient = f"P{number}" if number < LABELLED else _trainable()
        image = image_ingest(project=project, content=blob(present, rng), source="import", patient=patient).image
        if number < LABELLED:
            labelled.append((image, {"nodule": "present" if present else "absent"}))
    source = label_import_open(project=project, name="truth", sha256="0" * 64, declaration="Drawn.", independent=True)
    labels_import(source=source, labels=labelled)
    run_all(queues=("io",))
    make_champion(project)
    return project


def _trainable() -> str:
    """A patient who is not in the reference set."""
    while in_reference(name := uuid4().hex):
        pass
    return name


@pytest.fixture
def doctor(project: Project) -> User:
    """Somebody who reads, and also trains: the loop in one pair of hands."""
    user = make_member(project, Role.READER, name="doctor")
    membership_add(project=project, user=user, role=Role.ML_ENGINEER)
    return user


def test_the_loop_closes(project: Project, doctor: User, signed_in: Callable[[User], Page], workers: None) -> None:
    page = signed_in(doctor)
    queue = list(
        Assignment.objects.filter(project=project, state="queued").order_by("rank").values_list("pk", flat=True)
    )

    page.goto("/projects/loop/upload/")
    film = to_dicom(render(11, {"nodule": 0.9}, size=512, device="dr-a"), patient_id=_trainable())
    page.set_input_files("input[type=file]", {"name": "film.dcm", "mimeType": "application/dicom", "buffer": film})
    page.get_by_role("link", name="Open PX-").click()
    expect(page.get_by_text("model 1")).to_be_visible()
    page.get_by_label("Nodule").check(force=True)
    expect(page.locator("img.map")).to_be_visible()

    page.get_by_role("button", name="Confirm or correct").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your read is stored.")).to_be_visible()
    assert Answer.objects.get(read__reader=doctor).value == "present"

    page.goto("/projects/loop/training/")
    page.get_by_role("button", name="Start a run").first.click()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("Running").first).to_be_visible()
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=120_000)
    run = Run.objects.get(project=project)
    assert run.snapshot.items.filter(image__study__patient__reference=True).count() == 0

    page.goto("/projects/loop/models/2/")
    expect(page.get_by_text("Gate passed").first).to_be_visible(timeout=60_000)
    page.get_by_label("Reason").first.fill("It has learned.")
    page.get_by_role("button", name="Promote model 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Promote model 2").click()
    expect(page.locator(".badge", has_text="In use")).to_be_visible()

    expect_reordered(project, queue)
    page.goto("/projects/loop/worklist/")
    page.get_by_role("button", name="Start with").click()
    expect(page.get_by_text("Suggestions: model 2")).to_be_visible()


def expect_reordered(project: Project, before: list[object]) -> None:
    """The waiting cases stand in another order than before, within a bounded wait."""
    import time

    for _ in range(120):
        waiting = Assignment.objects.filter(project=project, state="queued", pk__in=before).order_by("rank")
        after = list(waiting.values_list("pk", flat=True))
        if after != [pk for pk in before if pk in set(after)]:
            return
        time.sleep(0.5)
    raise AssertionError("the queue stands as it did before the promotion")
