"""Every template makes a project that can be read and trained."""

from __future__ import annotations

import pytest

from overread.archive.fitness import COLOUR_WORDS, GREY_WORDS
from overread.projects.founding import project_found
from overread.projects.templates import TEMPLATES, template_named
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.slug)
def test_it_makes_a_project(template):
    project = project_found(
        name=str(template.name),
        modality=template.modality,
        findings=template.findings,
        founder=make_user(),
        recipe=template.recipe,
    )
    assert project.findings.count() == len(template.findings)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.slug)
def test_files_are_checked_against_its_modality(template):
    assert any(word in template.modality for word in GREY_WORDS + COLOUR_WORDS)


def test_chest_has_fourteen_findings():
    chest = template_named("chest-14")
    assert chest is not None and len(chest.findings) == 14


def test_an_unknown_template_is_none():
    assert template_named("knee") is None
