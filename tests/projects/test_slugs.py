"""Slugs: one name, one slug; two names, two."""

from __future__ import annotations

import pytest
from django.core.validators import validate_slug

from overread.projects.slugs import LONGEST, finding_slug, free_slug, name_key


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Pleural_Thickening", "pleural-thickening"),
        ("Bone age", "bone-age"),
        ("Épanchement", "epanchement"),
        ("＜5mm", "5mm"),
        ("COVID+", "covid"),
    ],
)
def test_a_plain_name_gives_its_plain_slug(name, slug):
    assert finding_slug(name) == slug


@pytest.mark.parametrize(
    "names",
    [
        ["COVID+", "COVID-", "COVID"],
        ["<5mm", ">5mm", "5mm"],
        ["肺炎", "肺结核", "سل", "🫁", "?", "-"],
        ["Pneumonia", "Pneumonia?"],
        ["a" * 80, "a" * 79 + "b", "a" * 60],
    ],
)
def test_different_names_have_different_slugs(names):
    taken: list[str] = []
    for name in names:
        taken.append(finding_slug(name, taken))
    for slug in taken:
        validate_slug(slug)
    assert len(set(taken)) == len(names)
    assert max(map(len, taken)) <= LONGEST


def test_a_name_in_another_script_has_the_same_slug_whatever_is_taken():
    assert finding_slug("肺炎") == finding_slug("肺炎", ["effusion"])


def test_a_slug_that_is_taken_with_its_hash_is_numbered():
    told_apart = finding_slug("COVID-", ["covid"])
    assert finding_slug("COVID-", ["covid", told_apart]) == f"{told_apart}-2"


def test_a_project_without_ascii_is_called_a_project():
    assert free_slug("胸部", [], otherwise="project").startswith("project-")


@pytest.mark.parametrize(
    ("one", "other"), [("Pneumonia ", "pneumonia"), ("ＣＯＶＩＤ", "covid"), ("bone\u00a0 age", "Bone age")]
)
def test_names_that_look_the_same_are_the_same(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("COVID+", "COVID-"), ("<5mm", ">5mm"), ("Pneumonia", "Pneumonia?")])
def test_a_sign_makes_another_name(one, other):
    assert name_key(one) != name_key(other)
