"""A project's settings."""

from __future__ import annotations

import pytest
from django.forms import model_to_dict
from django.urls import reverse

from frontend.pages.settings import SettingsForm
from overread.audit.models import Event


@pytest.fixture
def address(project):
    return reverse("project-settings", args=[project.slug])


def filled(project, **fields):
    """The form as the page sends it back."""
    values = model_to_dict(project, fields=SettingsForm.Meta.fields)
    return {**values, "snippets": "\n".join(project.snippets), "recipe": "{}", "gate_policy": "{}", **fields}


@pytest.mark.parametrize(("who", "status"), [("engineer", 403), ("stranger", 404), ("administrator", 200)])
def test_only_for_administrators(client, address, who, status, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(address).status_code == status


def test_findings_are_listed(client, address, administrator):
    client.force_login(administrator)
    page = client.get(address).content.decode()
    assert "Effusion" in page
    assert "What readers miss they propose" in page
    assert "Read blind first" in page


def test_settings_are_stored_and_told_to_the_audit_log(client, project, address, administrator):
    client.force_login(administrator)
    asked = filled(project, blind_first="always", retrain_labels=40, recipe='{"epochs": 12}')
    assert client.post(address, asked).status_code == 302
    project.refresh_from_db()
    assert (project.blind_first, project.retrain_labels, project.recipe) == ("always", 40, {"epochs": 12})
    changed = Event.objects.get(verb="project.change").detail["changed"]
    assert changed == {"blind_first": ["off", "always"], "retrain_labels": [0, 40], "recipe": [{}, {"epochs": 12}]}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("audit_share", "1.5", "less than or equal to 1.0"),
        ("strategy", "magic", "There is no such strategy"),
        ("batch_size", "9" * 20, "At most 10000."),
        ("patient_cap", "9" * 20, "At most 1000."),
        ("snippets", "No change.\nNo change.", "Two snippets are the same."),
        ("snippets", "x" * 201, "Snippet 1 has 201 characters: 200 at most."),
        ("snippets", "\n".join(map(str, range(51))), "51 snippets are too many: keep 50 at most."),
        ("retrain_labels", "9" * 20, "At most 1000000."),
        ("retrain_hours", "9" * 20, "At most 8760."),
        ("recipe", '{"epochs": 0}', "epochs is 0"),
        ("recipe", '{"epochs": "many"}', "&quot;epochs&quot; is a whole number."),
        ("recipe", '{"initial": 5}', "&quot;initial&quot; is text in quotation marks."),
        (
            "recipe",
            '{"epoch": 5}',
            "There is no &quot;epoch&quot;. Did you mean &quot;epochs&quot;? One can set: architecture,",
        ),
        ("recipe", "[1]", "Write an object"),
        ("recipe", "{", "Enter a valid JSON"),
        ("gate_policy", '{"confidence": 2}', "confidence"),
        ("gate_policy", '{"confidence": "high"}', "&quot;confidence&quot; is a number."),
        ("gate_policy", '{"too_few_blocks": 1}', "&quot;too_few_blocks&quot; is true or false."),
        (
            "gate_policy",
            '{"minimal_macro": 0.5}',
            "There is no &quot;minimal_macro&quot;. Did you mean &quot;minimum_macro&quot;?",
        ),
        ("gate_policy", '{"colour": 2}', "There is no &quot;colour&quot;. One can set: primary, primary_margin,"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(client, project, address, administrator, field, value, said):
    client.force_login(administrator)
    response = client.post(address, filled(project, **{field: value}))
    page = response.content.decode()
    assert said in page
    assert f"id_{field}_error" in page
    assert "__init__" not in page and "9223372036854775807" not in page
    assert [event.detail for event in Event.objects.filter(verb="project.change")] == []


def test_nothing_changed_stores_nothing_new(client, project, address, administrator):
    client.force_login(administrator)
    assert client.post(address, filled(project)).status_code == 302
    assert [event.detail for event in Event.objects.filter(verb="project.change")] == []


def test_snippets_are_a_line_each(client, project, address, administrator):
    client.force_login(administrator)
    assert client.post(address, filled(project, snippets=" No change. \n\nSee prior.\r\n")).status_code == 302
    project.refresh_from_db()
    assert project.snippets == ["No change.", "See prior."]
    assert "No change.\nSee prior.</textarea>" in client.get(address).content.decode()
