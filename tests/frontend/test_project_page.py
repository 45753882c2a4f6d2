"""A project's home: what its model is for and how far it can be trusted, and the way in for an image."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from frontend.pages.model_summary import figures_words, model_summary
from inference.models import Pipeline
from inference.services import champion_swap
from inference.services.versions import bundle_store, version_register
from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.factories import make_champion, make_member, make_pipeline, make_user, small_bundle
from training.models import Run, Snapshot, Verdict

NAMES = {"effusion": "Effusion", "nodule": "Nodule"}


def home(client: Client, project: Project, user: User) -> str:
    client.force_login(user)
    return " ".join(client.get(reverse("project", args=[project.slug])).content.decode().split())


def make_tested(project: Project, **held_out: float | None) -> Pipeline:
    """A model with figures on 50 images of 40 patients it never saw."""
    bundle = small_bundle()
    bundle_store(bundle)
    findings = {slug: {"auroc": value} for slug, value in held_out.items()}
    return version_register(
        project=project, bundle=bundle, facts={"held_out": {"images": 50, "patients": 40, "findings": findings}}
    )


def make_verdict(project: Project, pipeline: Pipeline, **auroc: float) -> Verdict:
    figures: list[dict[str, Any]] = [
        {"finding": slug, "positives": 9, "negatives": 9, "champion": None, "challenger": {"value": value}}
        for slug, value in auroc.items()
    ]
    report = {"passed": True, "sentence": "", "checks": [], "figures": figures, "images": 60, "patients": 1}
    return Verdict.objects.create(
        project=project, challenger=pipeline, passed=True, report=report, reference_sha256="0" * 64, images=60
    )


def test_the_home_tells_what_it_is_for_and_takes_a_file(client: Client, project: Project, reader: User) -> None:
    Project.objects.filter(pk=project.pk).update(intended_use="Adults, frontal.", not_for="Children.")
    page = home(client, project, reader)
    assert "Adults, frontal." in page and "Children." in page and "No model yet." in page
    assert "data-lead" in page and f'action="{reverse("upload", args=[project.slug])}"' in page


def test_the_home_names_the_model_in_use_and_its_limits(client: Client, project: Project, reader: User) -> None:
    make_champion(project)
    page = home(client, project, reader)
    assert ">model 1</a> since" in page and "it has not been tested on patients it never saw." in page


@pytest.mark.parametrize("role", list(Role))
def test_the_way_to_the_home_is_open_to_every_member(role: Role, client: Client, project: Project) -> None:
    page = home(client, project, make_member(project, role))
    assert f'href="{reverse("project", args=[project.slug])}" aria-current="page">Overview' in page


def test_the_figures_it_was_made_with_are_told(project: Project) -> None:
    pipeline = make_tested(project, effusion=0.914, nodule=0.85)
    assert model_summary(pipeline, NAMES) == (
        "Where it was trained is not on record here; "
        "tested on 50 images of 40 patients it never saw: AUROC 0.91 for Effusion, 0.85 for Nodule."
    )


def test_a_figure_that_is_not_known_is_left_out(project: Project) -> None:
    assert "AUROC 0.85 for Nodule." in model_summary(make_tested(project, effusion=None, nodule=0.85), NAMES)
    assert "has not been tested" in model_summary(make_tested(project, effusion=None), NAMES)


def test_the_gates_figures_come_before_its_own(project: Project) -> None:
    pipeline = make_tested(project, effusion=0.99)
    verdict = make_verdict(project, pipeline, effusion=0.80)
    champion_swap(project=project, pipeline=pipeline, expected=None, signed_by=make_user(), verdict=verdict.pk)
    assert model_summary(pipeline, NAMES).endswith("on 60 images of 1 patient it never saw: AUROC 0.80 for Effusion.")


def test_what_it_was_trained_on_is_counted(project: Project) -> None:
    pipeline = make_pipeline(project)
    snapshot = Snapshot.objects.create(
        project=project, number=1, sha256="0" * 64, findings=[], images=1204, patients=980, labels=9, counts={}
    )
    Run.objects.create(project=project, number=1, snapshot=snapshot, recipe={}, trigger="rest", pipeline=pipeline)
    assert model_summary(pipeline, NAMES).startswith("Trained on 1204 images of 980 patients; it has not been tested")


def test_of_many_findings_the_least_and_the_best_are_told() -> None:
    auroc = {f"f{place}": 0.7 + place / 100 for place in range(6)}
    assert figures_words(auroc, {}) == "from 0.70 (f0) to 0.75 (f5)"
