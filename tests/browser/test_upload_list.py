"""The upload page's list of results: there again on the way back, gone after signing out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from tests.factories import make_image, make_member, make_project, picture


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen = [{"name": name, "mimeType": "image/png", "buffer": content} for name, content in files]
    page.get_by_label("Drop files here").set_input_files(chosen)


def test_the_list_outlives_a_look_at_a_result_and_not_the_session(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page], noise: list[str]
) -> None:
    project: Project = make_project()
    reader = make_member(project, "reader")
    make_image(project)
    signed_in(reader)
    page.goto(f"/projects/{project.slug}/upload/")
    choose(page, ("Doe_John.png", picture(1)), ("notes.png", b"MZ" + b"\x00" * 300))
    expect(page.get_by_text("Stored", exact=True)).to_be_visible()
    expect(page.get_by_text("The file is neither DICOM nor PNG nor JPEG.")).to_be_visible()
    rows = page.locator("#upload-list > li")
    said = rows.all_inner_texts()
    page.get_by_role("link", name="Open PX-").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("PX-")
    page.go_back()
    expect(rows).to_have_count(2)
    assert rows.all_inner_texts() == said
    page.get_by_role("button", name=str(reader)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage)") == []
    noise[:] = [text for text in noise if "422" not in text]  # the browser's own word on the refused file


def test_one_file_on_the_projects_home_leads_to_its_result_and_several_stay(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page]
) -> None:
    project: Project = make_project()
    signed_in(make_member(project, "reader"))
    page.goto(f"/projects/{project.slug}/")
    choose_on_home = page.get_by_label("Drop an image here")
    two = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": picture(n)} for n in (3, 4)]
    choose_on_home.set_input_files(two)
    expect(page.get_by_role("link", name="Open PX-")).to_have_count(2)
    choose_on_home.set_input_files([{"name": "5.png", "mimeType": "image/png", "buffer": picture(5)}])
    expect(page.get_by_role("heading", level=1)).to_contain_text("PX-")


def test_a_file_is_sent_again_by_itself_once_there_is_a_connection(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page], noise: list[str]
) -> None:
    project: Project = make_project()
    signed_in(make_member(project, "reader"))
    page.goto(f"/projects/{project.slug}/upload/")
    page.context.set_offline(True)
    choose(page, ("a.png", picture(1)), ("b.png", picture(2)))
    expect(page.get_by_text("The connection was lost.")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Stored", exact=True)).to_have_count(2)
    assert Image.objects.count() == 2
    noise[:] = [text for text in noise if "ERR_INTERNET_DISCONNECTED" not in text]


def test_a_file_that_cannot_be_read_any_more_is_not_waited_for(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page], noise: list[str], tmp_path: Path
) -> None:
    project: Project = make_project()
    signed_in(make_member(project, "reader"))
    page.goto(f"/projects/{project.slug}/upload/")
    moved, kept = tmp_path / "moved.png", tmp_path / "kept.png"
    moved.write_bytes(picture(1))
    kept.write_bytes(picture(2))
    page.context.set_offline(True)
    page.get_by_label("Drop files here").set_input_files([moved, kept])
    expect(page.get_by_text("The connection was lost.")).to_be_visible()
    moved.unlink()
    page.context.set_offline(False)
    expect(page.get_by_text("Not sent: the file was changed, moved or removed")).to_be_visible()
    expect(page.get_by_text("Stored", exact=True)).to_be_visible()
    assert Image.objects.count() == 1
    noise.clear()  # the browser's own words on the network and on the file


def test_a_file_whose_answer_was_lost_is_not_stored_twice(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page], noise: list[str]
) -> None:
    project: Project = make_project()
    signed_in(make_member(project, "reader"))
    page.goto(f"/projects/{project.slug}/upload/")
    answers: list[int] = []

    def lose(route: Route) -> None:
        """The server stores the file, and the connection breaks before it can say so; then a proxy is in the way."""
        answers.append(route.fetch().status if not answers else 503)
        route.abort() if len(answers) == 1 else route.fulfill(status=503)

    page.route("**/upload/", lose, times=2)
    choose(page, ("a.png", picture(1)))
    expect(page.get_by_text("Already stored")).to_be_visible()
    assert answers == [201, 503] and Image.objects.count() == 1
    noise[:] = [text for text in noise if "ERR_FAILED" not in text and "503" not in text]


def test_a_patient_holds_for_the_files_chosen_with_it_and_for_no_others(
    transactional_db: None, page: Page, signed_in: Callable[[User], Page]
) -> None:
    project: Project = make_project()
    signed_in(make_member(project, "reader"))
    page.goto(f"/projects/{project.slug}/upload/")
    patient = page.get_by_label("Patient, for files that name none")
    patient.fill("MRN-4711")
    choose(page, ("1.png", picture(11)), ("2.png", picture(12)))
    expect(patient).to_have_value("")
    choose(page, ("3.png", picture(13)))
    expect(page.get_by_text("Stored", exact=True)).to_have_count(3)
    patients = list(Image.objects.order_by("created_at").values_list("study__patient", flat=True))
    assert patients[0] == patients[1] != patients[2]
    assert "MRN-4711" not in page.evaluate("JSON.stringify(sessionStorage)")
