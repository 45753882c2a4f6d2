"""Making a project, and changing its policies."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from overread.audit.models import Event
from overread.projects.models import BlindFirst, Project
from overread.projects.services import project_change, project_create
from tests.factories import EFFUSION, NODULE, make_user

pytestmark = pytest.mark.django_db
GRADE = {"slug": "grade", "name": "Grade", "kind": "categorical", "options": ["I", "II"]}
AGE = {"slug": "age", "name": "Bone age", "kind": "measurement", "unit": "months", "minimum": 0, "maximum": 240}


def create(*findings: dict[str, Any], **fields: Any) -> Project:
    return project_create(
        **{"slug": "chest", "name": "Chest", "modality": "radiograph", "findings": findings, **fields}
    )


def test_it_works() -> None:
    actor = make_user()
    project = create(EFFUSION, GRADE, AGE, actor=actor, blind_first=BlindFirst.SHARE)
    assert list(project.findings.values_list("slug", "kind")) == [
        ("effusion", "binary"),
        ("grade", "categorical"),
        ("age", "measurement"),
    ]
    assert Event.objects.get(verb="project.create").actor == actor


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "two words"),
        ("slug", ""),
        ("slug", "new"),
        ("name", ""),
        ("name", "x" * 121),
        ("modality", ""),
        ("blind_first", "sometimes"),
        ("blind_share", 1.5),
        ("audit_share", -0.1),
        ("reference_readers", 0),
        ("reference_readers", 6),
        ("lease_minutes", 0),
        ("batch_size", 0),
        ("patient_cap", 0),
        ("retrain_labels", -1),
    ],
)
def test_a_policy_that_makes_no_sense_is_named(field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        create(EFFUSION, **{field: value})
    assert field in refused.value.message_dict


@pytest.mark.parametrize(
    ("finding", "field"),
    [
        ({"slug": "a finding", "name": "A"}, "slug"),
        ({"slug": "a", "name": ""}, "name"),
        ({"slug": "a", "name": "A", "kind": "guess"}, "kind"),
        ({"slug": "a", "name": "A", "kind": "categorical"}, "options"),
        ({"slug": "a", "name": "A", "kind": "categorical", "options": ["same", "same"]}, "options"),
        ({"slug": "a", "name": "A", "kind": "measurement"}, "unit"),
        ({"slug": "a", "name": "A", "options": ["I", "II"]}, "__all__"),
    ],
)
def test_a_finding_that_makes_no_sense_leaves_no_project(finding: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        create(EFFUSION, finding)
    assert field in refused.value.message_dict and not Project.objects.exists()


def test_a_slug_is_taken_once() -> None:
    create()
    with pytest.raises(ValidationError, match="already exists"):
        create()


def test_two_findings_have_two_slugs() -> None:
    with pytest.raises(ValidationError, match="already exists"):
        create(NODULE, NODULE)


def test_a_change_is_told_with_what_was_before() -> None:
    project, actor = create(), make_user()
    project_change(project=project, actor=actor, lease_minutes=30, name="Chest")
    assert Project.objects.get().lease_minutes == 30
    assert Event.objects.get(verb="project.change", actor=actor).detail == {"changed": {"lease_minutes": [15, 30]}}


def test_a_change_that_makes_no_sense_changes_nothing() -> None:
    project = create()
    with pytest.raises(ValidationError, match="audit_share"):
        project_change(project=project, actor=make_user(), lease_minutes=30, audit_share=2.0)
    assert Project.objects.get().lease_minutes == 15
    assert not Event.objects.filter(verb="project.change").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("strategy", "magic"), ("recipe", {"epoch": 5}), ("recipe", ["epochs"]), ("gate_policy", {"resamples": 1})],
)
def test_a_policy_that_its_room_refuses_is_not_stored(project: Project, field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        project_change(project=project, actor=make_user(), **{field: value})
    assert list(refused.value.message_dict) == [field]
    assert getattr(Project.objects.get(pk=project.pk), field) != value
