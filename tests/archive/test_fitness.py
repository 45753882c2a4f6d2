"""What plainly is not what a project reads is told from what it reads; no model is asked of it and nothing learns from it."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

import phantom
from inference.services.scoring import unscored
from labeling.services.selection.candidates import unread_find, unread_of
from overread.archive import dicom
from overread.archive.dicom import Reader
from overread.archive.fitness import mismatch_of
from overread.archive.models import Enrolment, Image, Rendering
from overread.archive.queries import images_in, readable_in
from overread.archive.services import enrolment_admit, enrolment_check, image_enrol, image_ingest
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.jobs.services import job_enqueue
from overread.projects.models import Project, Role
from phantom.dicom import to_dicom
from tests.factories import make_champion, make_member, make_project
from tests.shared import SHARED, needs

PACKS = SHARED / "data"
needs_packs = needs("data")
CHEST = "chest radiograph"


def table(pack: str) -> list[dict[str, str]]:
    with (PACKS / pack / "labels.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def said_of(content: bytes, modality: str, reader: Reader) -> str:
    """The mismatch of a picture, by the way that the product goes."""
    result = reader.take_in(content, key=b"a key for tests")
    made, facts = reader.render(result.content), result.facts
    image = Image(rows=facts.rows, columns=facts.columns, modality=facts.modality, pixel_aspect=facts.pixel_aspect)
    assert made.look is not None
    return mismatch_of(modality=modality, image=image, rendering=Rendering(look=vars(made.look)))


@pytest.fixture(scope="module")
def reader() -> Any:
    with Reader() as made:
        yield made


@needs_packs
@pytest.mark.parametrize("row", table("out_of_distribution") if PACKS.is_dir() else [], ids=lambda row: row["file"])
def test_of_the_odd_ones_out(row: dict[str, str], reader: Reader) -> None:
    """Photographs in colour, drawings, texture, noise and blanks are stopped. What asks for a trained eye is left for one."""
    name = Path(row["file"]).stem
    grey_photographs = {"cameraman_gray", "coins_gray", "text_gray"}
    beyond_plain_checks = {*grey_photographs, "ct_axial", "chest_heavy_blur"}
    found = said_of((PACKS / "out_of_distribution" / row["file"]).read_bytes(), CHEST, reader)
    passes = row["expected_gate"].startswith("warn_") or name in beyond_plain_checks
    assert bool(found) != passes, found
    if name == "cat":
        assert found == Enrolment.Mismatch.COLOUR


@needs_packs
@pytest.mark.parametrize("pack", ["cxr_nih_256", "cxr_nih_64", "cxr_mixed_512", "cxr_kermany_224"])
def test_no_real_film_is_stopped(pack: str, reader: Reader) -> None:
    for row in table(pack)[::25]:
        assert said_of((PACKS / pack / row["file"]).read_bytes(), CHEST, reader) == "", row["file"]


@needs_packs
def test_skin_is_read_in_colour(reader: Reader) -> None:
    for row in table("dermoscopy")[::25]:
        assert said_of((PACKS / "dermoscopy" / row["file"]).read_bytes(), "dermoscopic image", reader) == ""
    film = table("cxr_nih_256")[0]["file"]
    said = said_of((PACKS / "cxr_nih_256" / film).read_bytes(), "dermoscopic image", reader)
    assert said == Enrolment.Mismatch.GREY


def film(modality: str = "DX") -> bytes:
    drawn = phantom.render(3, size=128)
    made = to_dicom(drawn, patient_id="A-1")
    return made.replace(drawn.device.modality.encode(), modality.encode(), 1) if modality != "DX" else made


def test_a_film_of_the_generator_is_not_stopped(reader: Reader) -> None:
    assert said_of(film(), CHEST, reader) == ""


def png(pixels: np.ndarray) -> bytes:
    stream = BytesIO()
    Picture.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def waves(rows: int, columns: int) -> np.ndarray:
    down, across = np.mgrid[:rows, :columns]
    return (128 + 60 * np.sin(across / 23) * np.cos(down / 17) + (7 * down + 3 * across) % 11).astype(np.uint8)


def tinted(strength: int) -> np.ndarray:
    grey = waves(128, 128).astype(int)
    return np.stack([grey, grey, np.clip(grey - strength, 0, 255)], axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (waves(128, 128), ""),
        (tinted(5), ""),
        (tinted(40), "colour"),
        (waves(20, 128), "size"),
        (waves(64, 256), "size"),
        (np.full((128, 128), 90, np.uint8), "blank"),
        (np.kron(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4, np.ones((16, 16), np.uint8)), "drawn"),
        (np.random.default_rng(1).integers(0, 256, (128, 128), dtype=np.uint8), "texture"),
    ],
)
def test_each_plain_check(pixels: np.ndarray, expected: str, reader: Reader) -> None:
    assert said_of(png(pixels), CHEST, reader) == expected
    assert said_of(png(pixels), "something new", reader) == ""  # nothing is known of what is expected there


def test_the_files_own_word_on_its_device() -> None:
    image = Image(rows=512, columns=512, modality="US", pixel_aspect=1.0)
    assert mismatch_of(modality=CHEST, image=image, rendering=Rendering(look=None)) == "modality"
    assert mismatch_of(modality="ultrasound", image=image, rendering=Rendering(look=None)) == ""


@pytest.fixture
def chest(db: None) -> Project:
    project = make_project()
    Project.objects.filter(pk=project.pk).update(modality=CHEST)
    project.refresh_from_db()
    return project


def taken_in(project: Project, pixels: np.ndarray) -> Image:
    image = image_ingest(project=project, content=png(pixels), source="upload").image
    run_all(queues=("interactive", "io"))
    return images_in(project).get(pk=image.pk)


def test_a_photograph_reaches_no_model_no_queue_and_no_training(chest: Project) -> None:
    photograph, usual = taken_in(chest, tinted(40)), taken_in(chest, waves(128, 128))
    assert (photograph.status, photograph.mismatch, usual.mismatch) == ("ready", "colour", "")
    assert list(readable_in(chest)) == [usual]
    champion = make_champion(chest)
    assert photograph not in unscored(champion)
    assert photograph not in unscored(champion, Image.objects.filter(pk=photograph.pk))
    assert photograph not in unread_of(chest)
    assert photograph.pk not in {unread_find(chest).image(row) for row in range(len(unread_find(chest).images))}
    assert not Job.objects.exclude(kind="archive.render").filter(arguments__image=str(photograph.pk)).exists()
    assert Event.objects.filter(verb="image.mismatch").count() == 1


def test_its_page_says_so_shows_no_probability_and_takes_a_members_word(chest: Project, client: Client) -> None:
    make_champion(chest)
    photograph = taken_in(chest, tinted(40))
    reader = make_member(chest, Role.READER)
    client.force_login(reader)
    address = reverse("image", args=[chest.slug, photograph.pk])
    page = client.get(address).content.decode()
    assert "does not look like what the project reads" in page
    assert "It is in colour" in page
    assert 'id="open"' not in page
    assert client.post(reverse("image-read", args=[chest.slug, photograph.pk])).url == address  # type: ignore[attr-defined]

    client.post(reverse("image-admit", args=[chest.slug, photograph.pk]))
    enrolment = Enrolment.objects.get(project=chest, image=photograph)
    assert (enrolment.mismatch, enrolment.admitted_by) == ("", reader)
    assert "does not look like" not in client.get(address).content.decode()
    assert photograph in readable_in(chest)
    assert Job.objects.exclude(kind="archive.render").filter(arguments__image=str(photograph.pk)).exists()
    assert Event.objects.filter(verb="image.admit", actor=reader).count() == 1


def render_again(image: Image) -> None:
    job_enqueue(kind="archive.render", key=f"again:{uuid4()}", queue="io", image=image.pk)
    run_all(queues=("io",))


def test_a_members_word_outlasts_another_rendering(chest: Project) -> None:
    photograph = taken_in(chest, tinted(40))
    assert enrolment_admit(project=chest, image=photograph, actor=make_member(chest, Role.READER))
    assert not enrolment_admit(project=chest, image=photograph, actor=make_member(chest, Role.READER))
    render_again(photograph)
    assert photograph in readable_in(chest)


def test_what_a_project_took_it_keeps_when_it_is_rendered_again(chest: Project) -> None:
    """It may have been read, or measure models: that it looks otherwise now is told, and takes it from nobody."""
    image = taken_in(chest, waves(128, 128))
    Image.objects.filter(pk=image.pk).update(modality="US")
    render_again(image)
    assert image in readable_in(chest)
    assert Event.objects.get(verb="image.mismatch").detail == {"mismatch": "modality", "kept": True}


def test_what_was_stopped_is_taken_once_another_rendering_passes(chest: Project) -> None:
    image = taken_in(chest, waves(128, 128))
    Enrolment.objects.filter(image=image).update(mismatch="size")
    render_again(image)
    assert image in readable_in(chest)


def test_a_member_who_is_quicker_has_the_word(chest: Project) -> None:
    """Who admits an image between its enrolment being looked up and its mismatch being stored."""
    photograph = taken_in(chest, tinted(40))
    Enrolment.objects.filter(image=photograph).update(mismatch="size")
    before = Enrolment.objects.get(image=photograph)
    enrolment_admit(project=chest, image=photograph, actor=make_member(chest, Role.READER))
    enrolment_check(enrolment=before, image=photograph, rendering=photograph.rendering)
    assert photograph in readable_in(chest)


def test_the_same_image_may_belong_elsewhere(chest: Project) -> None:
    photograph = taken_in(chest, tinted(40))
    elsewhere = make_project()
    assert image_enrol(project=elsewhere, image=photograph, source="upload", actor=None)
    assert photograph in readable_in(elsewhere)
    assert photograph not in readable_in(chest)


def test_rest_tells_and_admits(chest: Project, client: Client) -> None:
    photograph = taken_in(chest, tinted(40))
    client.force_login(make_member(chest, Role.ML_ENGINEER))
    address = reverse("api:image", args=[chest.slug, photograph.pk])
    assert client.get(address).json()["mismatch"] == "colour"
    answer = client.post(reverse("api:image-admit", args=[chest.slug, photograph.pk]))
    assert (answer.status_code, answer.json()["mismatch"]) == (200, "")


def test_a_look_is_stored_with_the_first_frame_alone(chest: Project) -> None:
    image = taken_in(chest, waves(128, 128))
    assert set(image.rendering.look) == {"colour", "contrast", "detail", "flat"}
    assert {field.name for field in dicom.Frame.__dataclass_fields__.values()}.isdisjoint({"look", "tones"})
