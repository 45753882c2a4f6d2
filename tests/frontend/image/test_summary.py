"""The summary on paper: what it must hold, what it must not, and that nothing written in it is heard as markup."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from frontend.pages.summary.text import printable
from inference.models import Exposure
from labeling.models import Assignment, Read
from labeling.services import RegionDrawn, assignment_open_single, read_amend, read_submit
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project
from tests.factories import answers, make_champion, make_image

NOTHING_SAID = "No model suggestion is part of this summary."


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def sheet(site: Client, project: Project, image: Image, query: str = "") -> PdfReader:
    answer = site.get(reverse("image-summary", args=[project.slug, image.pk]) + query)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def text(site: Client, project: Project, image: Image, query: str = "") -> str:
    """All words of the sheet, lines and pages joined."""
    pages = sheet(site, project, image, query).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def look(site: Client, project: Project, image: Image, query: str = "") -> None:
    assert site.get(reverse("image", args=[project.slug, image.pk]) + query).status_code == 200


def read_it(project: Project, image: Image, reader: User, value: str = "present", **fields: Any) -> None:
    case = assignment_open_single(project=project, image=image, reader=reader)
    read_submit(assignment=case, reader=reader, answers=answers(project, value, **fields), key=uuid4())


def test_it_works_without_a_model_and_without_a_read(site: Client, project: Project, image: Image) -> None:
    said = text(site, project, image)
    assert image.patient.code in said and "Effusion not read yet" in said and NOTHING_SAID in said
    assert "Not a medical device. A suggestion, not a diagnosis." in said and "page 1 of 1" in said


def test_reader_and_model_stand_side_by_side(site: Client, project: Project, image: Image, reader: User) -> None:
    make_champion(project)
    look(site, project, image)
    read_it(project, image, reader)
    said = text(site, project, image)
    assert "Effusion Present 0." in said and "threshold" in said and ("agrees" in said or "differs" in said)
    assert "Reader Reader," in said and "with the model in view" in said and "model 1, small_cnn, checksum" in said


def test_a_model_that_was_not_shown_is_not_printed(site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    assert NOTHING_SAID in text(site, project, image) and not Exposure.objects.exists()


def test_only_the_model_that_was_shown_is_printed(site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    make_champion(project, seed=1)
    look(site, project, image, "?model=1")
    assert "model 1, small_cnn" in text(site, project, image, "?model=1")
    assert NOTHING_SAID in text(site, project, image, "?model=2")


def test_nothing_of_a_model_before_a_blind_first_read(site: Client, project: Project, image: Image) -> None:
    Project.objects.filter(pk=project.pk).update(blind_first=BlindFirst.ALWAYS)
    make_champion(project)
    make_champion(project, seed=1)
    sheets = {
        text(site, project, image, query).split("Printed")[0] for query in ("", "?model=1", "?model=2", "?model=x")
    }
    assert len(sheets) == 1
    said = text(site, project, image)
    assert (
        NOTHING_SAID in said
        and "threshold" not in said
        and "model 1" not in said
        and "0." not in said.split("No.")[1][:60]
    )


def test_what_is_written_is_text_and_not_markup(site: Client, project: Project, image: Image, reader: User) -> None:
    hostile = '<b>bold</b> <img src="file:///etc/passwd"/> &amp; </para> <font size="400">x'
    read_it(project, image, reader, comment=hostile)
    assert hostile in text(site, project, image)


def test_accents_other_alphabets_and_names_are_legible(
    site: Client, project: Project, image: Image, reader: User
) -> None:
    User.objects.filter(pk=reader.pk).update(name="Dr Żaneta Ångström")
    read_it(project, image, reader, comment="Łódź, Ελληνικά, Русский, e\u0301t\u00e9")
    said = text(site, project, image)
    assert "Łódź, Ελληνικά, Русский, été" in said and "Dr Żaneta Ångström" in said


def test_what_the_font_lacks_is_told(site: Client, project: Project, image: Image, reader: User) -> None:
    read_it(project, image, reader, comment="肺炎")
    assert printable("肺\x00炎") == "\ufffd \ufffd"
    assert "stands for a character that this sheet cannot print" in text(site, project, image)


def test_a_long_comment_goes_on_to_the_next_page(site: Client, project: Project, image: Image, reader: User) -> None:
    read_it(project, image, reader, comment="A long comment. " * 249 + "The end.")
    pages = [page.extract_text() for page in sheet(site, project, image).pages]
    assert len(pages) == 2 and "page 1 of 2" in pages[0] and "page 2 of 2" in pages[1] and "The end." in pages[1]


def test_a_word_without_a_break_is_broken(site: Client, project: Project, image: Image, reader: User) -> None:
    read_it(project, image, reader, comment="x" * 4000)
    assert text(site, project, image).count("x") >= 4000


def test_regions_are_drawn_on_the_picture(site: Client, project: Project, image: Image, reader: User) -> None:
    bare = sheet(site, project, image).pages[0].get_contents().get_data().count(b" l ")
    box = RegionDrawn("effusion", "box", ((2, 3), (20, 30)))
    polygon = RegionDrawn("nodule", "polygon", ((1, 1), (9, 2), (5, 9)))
    read_it(project, image, reader, regions=(box, polygon))
    page = sheet(site, project, image).pages[0]
    assert page.get_contents().get_data().count(b" l ") - bare == 2 * (3 + 2)  # a halo and a line, each
    assert "Regions are the reader's" in page.extract_text() and len(page.images) == 1


def test_it_says_what_it_is_and_is_kept_by_nobody(site: Client, project: Project, image: Image) -> None:
    answer = site.get(reverse("image-summary", args=[project.slug, image.pk]))
    about = PdfReader(io.BytesIO(answer.content))
    assert answer["Cache-Control"] == "private, no-store" and "Content-Security-Policy" not in answer
    assert answer["Content-Disposition"].startswith("inline") and about.trailer["/Root"]["/Lang"] == "en"
    assert about.metadata is not None and about.metadata.title == "Reading summary, Chest"
    assert image.patient.code not in str(about.metadata)


def test_an_image_without_pixels_has_no_summary(site: Client, project: Project) -> None:
    waiting = make_image(project, ready=False)
    assert site.get(reverse("image-summary", args=[project.slug, waiting.pk])).status_code == 404


def test_a_case_read_once_more_is_not_called_unseen(site: Client, project: Project, image: Image, reader: User) -> None:
    Project.objects.filter(pk=project.pk).update(blind_first=BlindFirst.ALWAYS)
    make_champion(project)
    project.refresh_from_db()
    read_it(project, image, reader)
    assert "before the model was shown" in text(site, project, image)
    look(site, project, image)
    Assignment.objects.update(state=Assignment.State.DONE, lease_until=None)
    read_it(project, image, reader)
    assert "without the model in view, which had been shown before" in text(site, project, image)


def test_why_a_read_was_amended_is_printed(site: Client, project: Project, image: Image, reader: User) -> None:
    read_it(project, image, reader, "absent")
    case = read_amend(read=Read.objects.get(), reader=reader, reason="Seen the <b>prior</b>")
    read_submit(assignment=case, reader=reader, answers=answers(project, "present"), key=uuid4())
    said = text(site, project, image)
    assert "Amended Seen the <b>prior</b>" in said and "Effusion Present" in said and "Absent" not in said


def test_a_colleagues_read_is_not_mine_to_print(site: Client, project: Project, image: Image, colleague: User) -> None:
    read_it(project, image, colleague, comment="a colleague's words")
    said = text(site, project, image)
    assert "not read yet" in said and "colleague" not in said
