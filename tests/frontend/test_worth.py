"""The page that says whether selection is worth it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project
from tests.factories import WORTH, make_champion, make_image, make_worth


def look(client: Client, project: Project, user: User) -> str:
    client.force_login(user)
    response = client.get(reverse("project-worth", args=[project.slug]))
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_report_it_says_what_one_takes(client: Client, project: Project, engineer: User) -> None:
    assert "nothing to compare before a model is in use" in look(client, project, engineer)
    make_image(project)
    make_champion(project)
    assert "It takes 100 labelled images" in look(client, project, engineer)


def test_the_verdict_comes_in_words_and_figures(client: Client, project: Project, engineer: User) -> None:
    make_worth(project)
    page = look(client, project, engineer)
    assert "margin: better than random order" in page
    assert "Mean AUROC by labels, to 120 labels: margin 0.840, random 0.790" in page
    assert "+42" in page and "+12 … +77" in page and "−3 … +51" in page
    assert "what random order reaches with 120 labels about 42 labels sooner" in page
    assert "still learning" in page and "0.91, 0.93, 0.96" in page


@pytest.mark.parametrize(("verdict", "said"), [
    ("worse", "this page only advises"),
    ("not_shown", "no proof that selection does nothing"),
    ("too_few", "At least 100 and 30 are needed"),
])  # fmt: skip
def test_every_other_verdict_says_what_it_means(
    client: Client, project: Project, engineer: User, verdict: str, said: str
) -> None:
    nothing = {"signal": "too_few", "sizes": [], "kappas": [], "slope": None, "sample": 3}
    make_worth(project, verdict, result=WORTH | {"replay": None, "stopping": nothing})
    page = look(client, project, engineer)
    assert said in page and "Too few images to say whether the model has settled" in page


def test_the_button_has_a_report_made(client: Client, project: Project, engineer: User) -> None:
    make_image(project)
    make_champion(project)
    client.force_login(engineer)
    client.post(reverse("project-worth", args=[project.slug]))
    assert Job.objects.get(kind="labeling.worth").arguments == {"of": str(project.pk)}
    assert "A report is being made." in look(client, project, engineer)


def test_a_strategy_put_aside_goes_back_with_one_click(client: Client, project: Project, engineer: User) -> None:
    make_worth(project, "worse", fell_back=True)
    Project.objects.filter(pk=project.pk).update(strategy="random")
    assert "Put margin back in force" in look(client, project, engineer)
    page = client.post(reverse("worth-restore", args=[project.slug]), follow=True).content.decode()
    project.refresh_from_db()
    assert project.strategy == "margin" and "margin is in force again." in page


def test_where_nothing_is_put_aside_nothing_goes_back(client: Client, project: Project, engineer: User) -> None:
    client.force_login(engineer)
    page = client.post(reverse("worth-restore", args=[project.slug]), follow=True).content.decode()
    assert "No strategy is put aside" in page
