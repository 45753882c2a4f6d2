"""manage.py create_project."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from overread.projects.models import Membership, Project
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people():
    for name in ("alice", "bob"):
        make_user(name)


def create(*words):
    call_command("create_project", *words, "--administrator", "bob")
    return Project.objects.get()


def test_it_works(capsys):
    project = create("chest", "--template", "chest-14", "--member", "alice=reader,adjudicator")
    assert (project.slug, project.name, project.findings.count()) == ("chest", "Chest, 14 findings", 14)
    held = Membership.objects.values_list("user__email", "role")
    assert set(held) == {
        ("bob@example.org", "administrator"),
        ("alice@example.org", "reader"),
        ("alice@example.org", "adjudicator"),
    }
    assert "projects/chest/" in capsys.readouterr().out


def test_findings_of_every_kind_are_typed():
    words = [
        "--finding",
        "Effusion",
        "--finding",
        "Grade:categorical:I,II",
        "--finding",
        "Age:measurement:months:0:240",
    ]
    project = create("knee", "--name", "Knee", "--modality", "knee radiograph", *words)
    asked = list(project.findings.values_list("name", "kind", "options", "unit", "minimum", "maximum"))
    assert asked == [
        ("Effusion", "binary", [], "", None, None),
        ("Grade", "categorical", ["I", "II"], "", None, None),
        ("Age", "measurement", [], "months", 0, 240),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["chest"],
        ["two words", "--template", "chest-14"],
        ["new", "--template", "chest-14"],
        ["chest", "--template", "chest-14", "--member", "nobody=reader"],
        ["chest", "--template", "chest-14", "--member", "alice=king"],
        ["chest", "--template", "chest-14", "--member", "alice"],
        ["chest", "--template", "chest-14", "--finding", "Age:measurement"],
        ["chest", "--template", "chest-14", "--finding", "Age:measurement:months:low:high"],
        ["chest", "--template", "chest-14", "--finding", "Effusion", "--finding", "effusion"],
        ["chest", "--template", "knee"],
    ],
)
def test_what_does_not_fit_leaves_nothing(words):
    with pytest.raises(CommandError):
        create(*words)
    assert not Project.objects.exists()


def test_an_administrator_without_an_account_is_told():
    with pytest.raises(CommandError, match="--administrator"):
        call_command("create_project", "chest", "--template", "chest-14", "--administrator", "carol")
