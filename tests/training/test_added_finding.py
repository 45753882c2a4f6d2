"""A finding joins a project that has a model: what is learnt, and what the gate says."""

from __future__ import annotations

import pytest
from django.utils import timezone

from labeling.services import label_import_open, labels_import
from overread.projects.models import Finding, Project
from overread.projects.services import finding_add
from tests.api.rooms import make_labelled
from tests.factories import make_champion, make_image, make_pipeline
from training.services.judging import challenger_judge
from training.services.snapshots import snapshot_create

pytestmark = pytest.mark.django_db


def fracture(project: Project) -> Finding:
    return finding_add(project=project, slug="fracture", name="Fracture", order=9, added_at=timezone.now())


def test_it_is_learnt_once_it_has_labels(project: Project) -> None:
    images = make_labelled(project)
    fracture(project)
    assert [finding["slug"] for finding in snapshot_create(project=project).findings] == ["effusion", "nodule"]
    source = label_import_open(project=project, name="more", sha256="1" * 64, declaration="Made for a test.")
    labels_import(source=source, labels=[(image, {"fracture": "absent"}) for image in images])
    slugs = [finding["slug"] for finding in snapshot_create(project=project).findings]
    assert slugs == ["effusion", "nodule", "fracture"]


def test_a_challenger_that_answers_it_is_judged_beside_a_champion_that_does_not(project: Project) -> None:
    images = [make_image(project, reference=True) for _ in range(3)]
    champion = make_champion(project)
    fracture(project)
    table = {"name": "truth", "sha256": "2" * 64, "declaration": "Made for a test.", "independent": True}
    said = {"effusion": "present", "nodule": "absent", "fracture": "present"}
    labels_import(source=label_import_open(project=project, **table), labels=[(image, said) for image in images])
    verdict = challenger_judge(challenger=make_pipeline(project, seed=1))
    told = {figure["finding"]: figure["champion"] for figure in verdict.report["figures"]}
    assert verdict.champion == champion and verdict.images == 3
    assert set(told) == {"effusion", "nodule", "fracture"} and told["fracture"] is None
