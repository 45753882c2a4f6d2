"""The page that says whether selection is worth it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labeling.services.worth import worth_ask
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from overread.projects.services import findings_quota
from tests.factories import WORTH, WORTH_COMPARED, estimate, make_champion, make_image, make_worth


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
    assert "margin reaches what random order reaches with 120 labels about 42 labels sooner" in page
    assert "chosen by margin</span>" in page and "0.91, 0.93, 0.96" in page


def changed(**figures: Any) -> dict[str, Any]:
    """A result whose replay has other figures."""
    return WORTH | {"replay": WORTH_COMPARED | figures}


@pytest.mark.parametrize(("saved", "said"), [
    (estimate(-1, -41, 30), "of the 120 that random order takes, margin saves −41 … +30 (99 % interval)"),
    (estimate(1, 1, 30), "margin reaches what random order reaches with 120 labels about 1 label sooner."),
    (estimate(-7, -9, -1), "Random order reaches what margin reaches with 120 labels about 7 labels sooner."),
])  # fmt: skip
def test_the_labels_saved_are_told_only_where_they_are_shown(
    client: Client, project: Project, engineer: User, saved: dict[str, float], said: str
) -> None:
    make_worth(project, result=changed(saved=saved))
    page = look(client, project, engineer)
    assert said in page and ("sooner" in said or "sooner" not in page)


@pytest.mark.parametrize(("kappa", "low", "said"), [
    (0.9, -0.002, "still rises is not shown"), (0.9, 0.001, "still learning from what is read"),
    (0.995, 0.001, "its measured quality still rises"), (0.995, -0.002, "unlikely to change the model"),
])  # fmt: skip
def test_answers_and_quality_are_told_apart(
    client: Client, project: Project, engineer: User, kappa: float, low: float, said: str
) -> None:
    stopping = WORTH["stopping"] | {"kappas": [kappa] * 3, "slope": estimate(0.004, low, 0.01)}
    make_worth(project, result=WORTH | {"stopping": stopping})
    assert said in look(client, project, engineer)


def test_every_labelled_image_is_accounted_for(client: Client, project: Project, engineer: User) -> None:
    make_worth(project, result=WORTH | {"picked": 170})
    assert "170 chosen; 10 that are neither" in look(client, project, engineer)


def test_the_policies_in_force_are_told_to_who_cannot_change_them(
    client: Client, project: Project, engineer: User, administrator: User
) -> None:
    findings_quota(project=project, actor=administrator, quotas={"nodule": 0.2})
    page = look(client, project, engineer)
    assert "uherding" in page and "Nodule 0.2" in page and "An administrator of the project changes them." in page
    assert reverse("project-settings", args=[project.slug]) in look(client, project, administrator)


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
    page = look(client, project, engineer)
    assert "A report is being made" in page and "hx-get" in page
    run_all()
    page = look(client, project, engineer)
    assert "A new report is made" in page and "hx-get" not in page


def test_asked_again_it_says_that_nothing_is_new(client: Client, project: Project, engineer: User) -> None:
    make_image(project)
    make_champion(project)
    for _ in range(2):
        worth_ask(project=project, actor=engineer)
        run_all()
    assert "nothing new since" in look(client, project, engineer)


def test_a_report_that_failed_says_so(client: Client, project: Project, engineer: User) -> None:
    worth_ask(project=project, actor=engineer)
    Job.objects.filter(kind="labeling.worth").update(state="dead", finished_at=timezone.now())
    page = look(client, project, engineer)
    assert "The last report failed" in page and "Operators can see why on the jobs page." in page


def test_a_strategy_put_aside_goes_back_with_one_click(client: Client, project: Project, engineer: User) -> None:
    make_worth(project, "worse", fell_back=True)
    Project.objects.filter(pk=project.pk).update(strategy="random")
    assert "Put margin back in force" in look(client, project, engineer)
    page = client.post(reverse("worth-restore", args=[project.slug]), follow=True).content.decode()
    project.refresh_from_db()
    assert project.strategy == "margin" and "margin is in force again." in page


def test_a_strategy_that_is_no_longer_allowed_does_not_go_back(
    client: Client, project: Project, engineer: User
) -> None:
    make_worth(project, "worse", fell_back=True, strategy="forbidden.since:then")
    Project.objects.filter(pk=project.pk).update(strategy="random")
    client.force_login(engineer)
    page = client.post(reverse("worth-restore", args=[project.slug]), follow=True).content.decode()
    project.refresh_from_db()
    assert project.strategy == "random" and "not in a library" in page


def test_where_nothing_is_put_aside_nothing_goes_back(client: Client, project: Project, engineer: User) -> None:
    client.force_login(engineer)
    page = client.post(reverse("worth-restore", args=[project.slug]), follow=True).content.decode()
    assert "No strategy is put aside" in page
