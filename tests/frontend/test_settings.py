"""A project's settings."""

from __future__ import annotations

from dataclasses import fields

import pytest
from django.urls import reverse

from frontend.pages.settings import SettingsForm
from frontend.pages.settings.declared import KINDS
from overread.audit.models import Event
from overread.projects.models import Finding
from overread.projects.services import findings_quota, project_change


@pytest.fixture
def address(project):
    return reverse("project-settings", args=[project.slug])


def filled(project, **fields):
    """The form as the page sends it back, each field with what it held when the page was loaded."""
    form = SettingsForm(instance=project)
    loaded = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    return {f"initial-{name}": value for name, value in loaded.items()} | loaded | fields


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
    asked = filled(project, blind_first="always", retrain_labels=40, **{"recipe-epochs": 12})
    assert client.post(address, asked).status_code == 302
    project.refresh_from_db()
    assert (project.blind_first, project.retrain_labels, project.recipe) == ("always", 40, {"epochs": 12})
    changed = Event.objects.get(verb="project.change").detail["changed"]
    assert changed == {"blind_first": ["off", "always"], "retrain_labels": [0, 40], "recipe": [{}, {"epochs": 12}]}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("audit_share", "1.5", "A share is a number from 0 to 1."),
        ("strategy", "magic", "There is no such strategy"),
        ("batch_size", "9" * 20, "At most 10000."),
        ("patient_cap", "9" * 20, "At most 1000."),
        ("snippets", "No change.\nNo change.", "Two snippets are the same."),
        ("snippets", "x" * 201, "Snippet 1 has 201 characters: 200 at most."),
        ("snippets", "\n".join(map(str, range(51))), "51 snippets are too many: keep 50 at most."),
        ("retrain_labels", "9" * 20, "At most 1000000."),
        ("retrain_hours", "9" * 20, "At most 8760."),
        ("recipe-epochs", "0", "epochs is 0"),
        ("recipe-epochs", "many", "Enter a whole number."),
        ("recipe-initial", "nonsense", "initial is"),
        ("recipe-architecture", "vgg", "There is no network of that name"),
        ("gate_policy-confidence", "2", "confidence"),
        ("gate_policy-minimum_positives", "1", "At least 2 patients"),
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


def test_a_page_loaded_before_undoes_nobodys_change(client, project, address, administrator):
    client.force_login(administrator)
    stale = filled(project, lease_minutes=30)
    project_change(project=project, actor=administrator, strategy="random", audit_share=0.5, description="One\r\ntwo")
    findings_quota(project=project, actor=administrator, quotas={"nodule": 0.2})
    assert client.post(address, stale).status_code == 302
    project.refresh_from_db()
    assert (project.strategy, project.audit_share, project.lease_minutes) == ("random", 0.5, 30)
    assert project.findings.get(slug="nodule").quota == 0.2


def test_what_two_have_changed_is_refused_once_and_says_what_it_holds(client, project, address, administrator):
    client.force_login(administrator)
    stale = filled(project, strategy="margin", description="Mine")
    project_change(project=project, actor=administrator, strategy="random")
    refused = client.post(address, stale)
    assert refused.context["form"].errors == {"strategy": ["Changed meanwhile to random; look again."]}
    again = refused.context["form"].data.dict()
    assert (again["strategy"], again["description"], again["initial-strategy"]) == ("margin", "Mine", "random")
    assert client.post(address, again).status_code == 302
    project.refresh_from_db()
    assert (project.strategy, project.description) == ("margin", "Mine")


def test_shares_that_only_meanwhile_are_too_many_are_refused(client, project, address, administrator):
    client.force_login(administrator)
    stale = filled(project, gold_share=0.6)
    project_change(project=project, actor=administrator, audit_share=0.5)
    page = client.post(address, stale).content.decode()
    assert "id_gold_share_error" in page and "id_audit_share_error" not in page


def test_a_text_of_several_lines_comes_back_as_it_was(client, project, address, administrator):
    project_change(project=project, actor=administrator, description="One\ntwo")
    client.force_login(administrator)
    browser = {"description": "One\r\nthree", "initial-description": "One\r\ntwo"}
    assert client.post(address, filled(project, **browser)).status_code == 302
    project.refresh_from_db()
    assert project.description == "One\nthree"


def test_what_is_wrong_is_listed_above_with_the_way_to_it(client, project, address, administrator):
    client.force_login(administrator)
    typed = {"batch_size": "0", "quota-nodule": "-0.1", "quota-effusion": "0.3"}
    page = client.post(address, filled(project, **typed)).content.decode()
    assert '<a href="#id_batch_size">Cases in a batch</a>: ' in page
    assert '<a href="#id_quota-nodule">Share of picks about Nodule</a>: A share is a number from 0 to 1.' in page
    assert 'id="id_quota-nodule_error"' in page and 'value="0.3"' in page
    assert not Finding.objects.exclude(quota=0).exists()


def test_every_strategy_on_the_list_says_what_it_picks(client, address, administrator):
    client.force_login(administrator)
    told = client.get(address).context["strategies"]
    assert ("random", "any case, all equally likely") in told
    assert [name for name, meaning in told if not meaning] == []


def test_no_setting_is_typed_as_code_and_every_value_of_recipe_and_policy_has_its_field(client, address, administrator):
    client.force_login(administrator)
    page = client.get(address).content.decode()
    assert "JSON" not in page
    for part, kind in KINDS.items():
        for each in fields(kind):
            assert f'name="{part}-{each.name}"' in page


def test_what_is_set_back_to_the_default_is_no_departure(client, project, address, administrator):
    project_change(project=project, actor=administrator, recipe={"epochs": 12, "size": 64})
    project.refresh_from_db()
    client.force_login(administrator)
    assert (
        client.post(address, filled(project, **{"recipe-epochs": 80, "gate_policy-too_few_blocks": "on"})).status_code
        == 302
    )
    project.refresh_from_db()
    assert project.recipe == {"size": 64}
    assert project.gate_policy == {"too_few_blocks": True}


def test_two_may_change_different_values_of_one_recipe(client, project, address, administrator):
    client.force_login(administrator)
    stale = filled(project, **{"recipe-epochs": 12})
    project_change(project=project, actor=administrator, recipe={"size": 64})
    assert client.post(address, stale).status_code == 302
    project.refresh_from_db()
    assert project.recipe == {"size": 64, "epochs": 12}


def test_what_names_in_data_sets_mean_is_typed_line_by_line(client, project, address, administrator):
    client.force_login(administrator)
    typed = "Pleural effusion = Effusion\r\nlung nodule=nodule\r\n\r\nSupport devices ="
    assert client.post(address, filled(project, label_mapping=typed)).status_code == 302
    project.refresh_from_db()
    assert project.label_mapping == {"Pleural effusion": "effusion", "lung nodule": "nodule", "Support devices": ""}
    assert "lung nodule = Nodule" in client.get(address).content.decode()


def test_a_mapping_that_is_left_as_it_was_changes_nothing(client, project, address, administrator):
    project_change(project=project, actor=administrator, label_mapping={"Fluid": "effusion"})
    client.force_login(administrator)
    client.post(address, filled(project, lease_minutes=30))
    assert Event.objects.latest("pk").detail["changed"] == {"lease_minutes": [15, 30]}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Fluid", "Line 1 has no =."),
        ("Fluid = Hernia", "there is no finding Hernia"),
        ("Fluid = Effusion\nFluid = Nodule", "Fluid stands twice."),
        ("Fluid = Effusion\nfluid = Nodule", "are the same name."),
    ],
)
def test_a_name_that_means_nothing_is_said_beside_the_field(client, project, address, administrator, typed, said):
    client.force_login(administrator)
    assert said in client.post(address, filled(project, label_mapping=typed)).content.decode()
    project.refresh_from_db()
    assert project.label_mapping == {}
