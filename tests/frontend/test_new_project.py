"""A project is made on one page, which loses nothing that was typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from overread.projects.models import Membership, Project
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder(client):
    user = make_user("founder", is_staff=True)
    client.force_login(user)
    return user


def form(findings=(), members=(), **fields):
    """What the page sends, with so many lines."""
    sent = {
        "name": "Ward 7",
        "modality": "chest radiograph",
        "slug": "",
        "my_roles": ["reader", "ml_engineer"],
    } | fields
    for part, lines in (("findings", findings), ("members", members)):
        sent |= {f"{part}-TOTAL_FORMS": len(lines), f"{part}-INITIAL_FORMS": len(lines)}
        for number, line in enumerate(lines):
            sent |= {f"{part}-{number}-{name}": value for name, value in line.items()}
    return sent


def post(client, sent):
    return client.post(reverse("new-project"), sent)


MASS = {"name": "Mass", "kind": "binary"}
AGE = {"name": "Bone age", "kind": "measurement", "unit": "months", "minimum": "0", "maximum": "240"}
GRADE = {"name": "Grade", "kind": "categorical", "options": "I, II,III"}
EMPTY = {"name": "", "kind": "binary"}


def test_it_works(client, founder):
    make_user("alice")
    sent = form(
        [MASS, EMPTY, AGE, GRADE], [{"who": "alice@example.org", "role": "reader"}, {"who": "", "role": "reader"}]
    )
    made = post(client, sent)
    project = Project.objects.get()
    assert made["Location"] == reverse("project", args=["ward-7"])
    asked = list(project.findings.values_list("name", "kind", "options", "unit", "maximum"))
    assert asked == [
        ("Mass", "binary", [], "", None),
        ("Bone age", "measurement", [], "months", 240),
        ("Grade", "categorical", ["I", "II", "III"], "", None),
    ]
    held = Membership.objects.values_list("user__name", "role")
    assert set(held) == {
        ("Founder", "administrator"),
        ("Founder", "reader"),
        ("Founder", "ml_engineer"),
        ("Alice", "reader"),
    }


def test_its_first_page_says_what_next(client, founder):
    page = client.post(reverse("new-project"), form([MASS]), follow=True).content.decode()
    assert "Ward 7 is there, and you administer it." in page
    assert "I have a folder or a table" in page and "0 images" in page


def test_a_template_fills_in_the_findings_and_keeps_the_rest(client, founder):
    page = post(client, form([MASS], name="Knees", modality="", act="template:bone-age")).content.decode()
    assert 'value="Knees"' in page and 'value="hand radiograph"' in page
    assert 'value="Bone age"' in page and 'value="Mass"' not in page
    assert not Project.objects.exists()


def test_the_template_goes_with_its_recipe(client, founder):
    post(client, form([MASS], template="dermoscopy"))
    assert Project.objects.get().recipe == {"channels": 3, "augmentation": "skin"}


def test_a_template_can_be_sent_as_it_came(client, founder):
    draft = client.post(reverse("new-project"), form(act="template:mammography", modality="")).context["draft"]
    lines = [{name: one[name].value() or "" for name in one.fields} for one in draft.findings]
    post(client, form(lines, modality="mammography"))
    first = Project.objects.get().findings.get(slug="bi-rads")
    assert first.options == ["0", "1", "2", "3", "4A", "4B", "4C", "5", "6"]


@pytest.mark.parametrize(("act", "findings", "members"), [("more-findings", 5, 1), ("more-members", 1, 5)])
def test_more_lines_keep_what_was_typed(client, founder, act, findings, members):
    draft = post(client, form([MASS], [{"who": "alice", "role": "reader"}], act=act)).context["draft"]
    assert (len(draft.findings), len(draft.members)) == (findings, members)
    assert draft.findings[0]["name"].value() == "Mass" and draft.members[0]["who"].value() == "alice"


def test_a_line_is_removed(client, founder):
    draft = post(client, form([MASS, AGE], act="remove-finding:0")).context["draft"]
    assert [one["name"].value() for one in draft.findings] == ["Bone age"]


@pytest.mark.parametrize("act", ["remove-finding:99", "remove-finding:x", "template:knee", "nonsense"])
def test_a_button_that_is_not_there_changes_nothing(client, founder, act):
    draft = post(client, form([MASS], act=act)).context["draft"]
    assert [one["name"].value() for one in draft.findings] == ["Mass"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"slug": "two words"}, "Enter a valid"),
        ({"slug": "new"}, "This address is taken."),
        ({"findings": []}, "Ask at least one finding."),
        ({"findings": [MASS, EMPTY, {"name": "mass", "kind": "binary"}]}, "mass is finding 1 already."),
        ({"findings": [{"name": "", "kind": "binary", "unit": "mm"}]}, "Give the finding a name"),
        ({"findings": [{**AGE, "minimum": "low"}]}, "Enter a number."),
        ({"findings": [{**AGE, "minimum": "inf"}]}, "Enter a number."),
        ({"findings": [{**AGE, "unit": ""}]}, "a measurement needs a unit"),
        ({"findings": [{**GRADE, "options": "I"}]}, "two different options"),
        ({"members": [{"who": "nobody@example.org", "role": "reader"}]}, "Nobody of this address"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_kept(client, founder, fields, said):
    page = post(client, form(**{"findings": [MASS], "name": "Knees", **fields})).content.decode()
    assert said in page and "Nothing made yet." in page
    assert ('value="Knees"' in page) == ("name" not in fields)
    assert not Project.objects.exists()


def test_an_error_stands_in_the_line_it_is_about(client, founder):
    draft = post(client, form([EMPTY, MASS, EMPTY, {**AGE, "unit": ""}])).context["draft"]
    assert [list(one.errors) for one in draft.findings] == [[], [], [], ["unit"]]


@pytest.mark.parametrize("total", ["many", "101", "9" * 30])
def test_lines_that_cannot_be_counted_make_nothing(client, founder, total):
    sent = form([MASS]) | {"findings-TOTAL_FORMS": total}
    assert "Nothing made yet." in post(client, sent).content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize(("staff", "status"), [(True, 200), (False, 403)])
def test_only_those_who_may_are_led_there(client, staff, status):
    client.force_login(make_user(is_staff=staff))
    home = client.get(reverse("home")).content.decode()
    assert (reverse("new-project") in home) == staff
    assert client.get(reverse("new-project")).status_code == status


def test_an_administrator_of_one_project_sees_the_list_if_they_ask(client, project, administrator):
    client.force_login(administrator)
    assert client.get(reverse("home")).status_code == 302
    assert reverse("new-project") in client.get(reverse("home") + "?all").content.decode()
