"""Every word on every page has been given to a translator: in a language of brackets nothing stands outside of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inference.engine import backbones
from labeling.models import Assignment, FindingProposal
from labeling.selection import strategies
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.models import Job
from overread.jobs.registry import KINDS
from overread.projects.models import Project, Role
from tests.browser.pseudo import bracket, bracket_scripts, untranslated
from tests.browser.rooms import PAGES
from tests.factories import make_member, make_user
from training.models import Verdict

# What is data, or stays as it is in every language.
NAMES = {"Overread", "PX-2093AB", "PA", "DICOM", "JPEG", "PNG"}


@pytest.fixture
def brackets(furnished: Project, page: Page, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The furnished project, made in English and shown in brackets."""
    Image.objects.update(age_years=60, sex="M", view="PA", laterality="", modality="")
    bracket(monkeypatch)
    bracket_scripts(page)
    return furnished


def data_of(project: Project, *people: User) -> set[str]:
    """Names that somebody has given, codes, and sentences that are stored as they were said when it happened."""
    pipelines = project.pipelines.all()
    return {
        *NAMES,
        project.name,
        project.slug,
        project.modality,
        project.modality.capitalize(),
        *(finding.name for finding in project.findings.all()),
        *(finding.slug for finding in project.findings.all()),
        *(part for told in FindingProposal.objects.values_list("name", "note") for part in told),
        *(said for pipeline in pipelines for said in (pipeline.name, pipeline.name.capitalize())),
        *backbones.names(),
        *strategies.names(),
        *Assignment.objects.exclude(reason="").values_list("reason", flat=True),
        *(part for verdict in Verdict.objects.all() for part in sentences(verdict.report["sentence"])),
        *(part for person in people for part in (str(person), person.email, person.initials)),
        *(code for each in project.enrolments.all() for code in (each.image.patient.code, each.image.code)),
    }


def sentences(said: str) -> tuple[str, ...]:
    """What the gate said, whole and as the page parts it."""
    head, _colon, tail = said.partition(": ")
    return said, head, tail[:1].upper() + tail[1:]


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_each_role(role: Role, brackets: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    member = make_member(brackets, role)
    signed_in(member)
    image = brackets.enrolments.filter(image__study__patient__reference=False).first().image_id
    left = {}
    for path in PAGES[role]:
        page.goto(path.format(slug=brackets.slug, image=image))
        left[path] = untranslated(page, data_of(brackets, *User.objects.all()))
    assert not any(left.values()), "\n".join(f"{path} {text}" for path, texts in left.items() for text in texts)


def test_the_reading_page(brackets: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    member = make_member(brackets, Role.READER)
    signed_in(member)
    page.goto(f"/projects/{brackets.slug}/worklist/")
    page.locator(".head button[type=submit]").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    page.keyboard.press("b")
    page.keyboard.press("b")
    data = data_of(brackets, member)
    assert untranslated(page, data) == []
    page.keyboard.press("?")
    page.locator("#keys-change").click()
    assert untranslated(page, data) == []
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    assert untranslated(page, data) == []


def test_from_a_first_read_to_the_end(brackets: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    only = Assignment.objects.filter(state=Assignment.State.QUEUED).first()
    Assignment.objects.exclude(pk=only.pk).filter(state=only.state).update(state=Assignment.State.WITHDRAWN)
    Assignment.objects.filter(pk=only.pk).update(blind=True)
    signed_in(reader := make_member(brackets, Role.READER))
    data = data_of(brackets, reader)
    page.goto(f"/projects/{brackets.slug}/worklist/")
    page.locator(".head button[type=submit]").click()
    for state in ("blind", "revealed"):
        expect(page.locator(f"body[data-state={state}][data-level=full]")).to_be_visible()
        assert untranslated(page, data) == [], state
        page.keyboard.press("0")
        page.keyboard.press("Enter")
    expect(page.locator("body[data-state=finished]")).to_be_visible()
    assert untranslated(page, data) == []


def test_operators_pages(brackets: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    operator = make_user("operator", is_staff=True)
    signed_in(operator)
    data = data_of(brackets, *User.objects.all()) | set(KINDS)
    for path in ("/operations/jobs/", "/operations/audit/", f"/operations/jobs/{Job.objects.first().pk}/"):
        page.goto(path)
        assert untranslated(page, data) == [], path


def test_signed_out(brackets: Project, page: Page) -> None:
    page.goto("/sign-in/")
    assert untranslated(page, data_of(brackets)) == []
    page.locator("[name=username]").fill("nobody@example.org")
    page.locator("[name=password]").fill("wrong")
    page.locator("[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert untranslated(page, data_of(brackets)) == []
