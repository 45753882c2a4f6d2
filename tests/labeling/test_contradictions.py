"""A blind answer that the model strongly contradicts is kept or changed by a word of its own, and the effect is counted."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Pipeline, Prediction
from inference.services import exposure_record
from labeling.contradiction import contradicted_value
from labeling.models import Answer, Assignment, Contradiction, ExposureKind, Read, ReferenceLabel
from labeling.queries.contradictions import contradictions_effect
from labeling.services import Answers, assignment_claim, read_submit
from labeling.services.selection import queue_fill
from labeling.values import AnswerInvalid
from overread.accounts.models import User
from overread.archive import blobs
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project, Role
from tests.factories import make_champion, make_image, make_member

SURE = {"effusion": 0.02, "nodule": 0.99}  # the model's probabilities


@pytest.mark.parametrize(
    ("probability", "threshold", "against"),
    [
        (0.99, 0.5, "absent"),
        (0.9, 0.5, "absent"),
        (0.89, 0.5, None),
        (0.01, 0.5, "present"),
        (0.1, 0.5, "present"),
        (0.11, 0.5, None),
        (0.95, 0.97, None),  # below its threshold the model does not say that it is there
        (0.05, 0.02, None),
    ],
)
def test_both_directions_are_told_alike(probability: float, threshold: float, against: str | None) -> None:
    output = {"kind": "binary", "probability": probability, "threshold": threshold, "above": probability >= threshold}
    assert contradicted_value(output) == against


def test_nothing_else_contradicts() -> None:
    assert contradicted_value(None) is None
    assert contradicted_value({"kind": "categorical", "probability": 0.99, "option": "I"}) is None
    assert contradicted_value({"kind": "measurement", "value": 3.0}) is None
    assert contradicted_value({"kind": "binary", "probability": 0.95, "above": True, "set": "both"}) is None


@pytest.fixture
def champion(project: Project) -> Pipeline:
    Project.objects.filter(pk=project.pk).update(blind_first=BlindFirst.ALWAYS)
    project.refresh_from_db()
    make_image(project)
    return make_champion(project)


@pytest.fixture
def revealed(project: Project, reader: User, champion: Pipeline) -> Assignment:
    """A case that was answered blind with absent for both findings, and whose prediction is surely otherwise for one."""
    return revealed_to(project, reader, champion, {"effusion": "absent", "nodule": "absent"})


def revealed_to(project: Project, reader: User, champion: Pipeline, blind: dict[str, str]) -> Assignment:
    case = assignment_claim(project=project, reader=reader)
    assert case is not None
    prediction = sure(champion, case)
    read_submit(assignment=case, reader=reader, answers=Answers(blind), key=uuid4())
    exposure_record(prediction=prediction, user=reader)
    return case


def sure(champion: Pipeline, case: Assignment) -> Prediction:
    outputs = {
        slug: {"kind": "binary", "column": column, "probability": chance, "threshold": 0.5, "above": chance >= 0.5}
        for column, (slug, chance) in enumerate(SURE.items())
    }
    return Prediction.objects.create(
        pipeline=champion, image=case.image, outputs=outputs, maps=blobs.put(b"no maps"), map_box=[0, 0, 1, 1]
    )


def submitted(case: Assignment, reader: User, kept: frozenset[str] = frozenset(), **values: str) -> Read:
    return read_submit(assignment=case, reader=reader, answers=Answers(values, kept=kept), key=uuid4())


def settled(read: Read) -> dict[str, str]:
    return dict(read.answers.values_list("finding__slug", "contradiction"))


def test_the_answer_stands_only_where_its_reader_says_so(revealed: Assignment, reader: User) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        submitted(revealed, reader, effusion="absent", nodule="absent")
    assert set(refused.value.errors) == {"nodule"}
    assert Read.objects.count() == 1
    kept = submitted(revealed, reader, frozenset({"nodule"}), effusion="absent", nodule="absent")
    assert settled(kept) == {"effusion": "", "nodule": Contradiction.KEPT}


@pytest.mark.parametrize("value", ["present", "uncertain", "not_assessable"])
def test_a_changed_answer_needs_no_word(revealed: Assignment, reader: User, value: str) -> None:
    read = submitted(revealed, reader, effusion="absent", nodule=value)
    assert settled(read) == {"effusion": "", "nodule": Contradiction.CHANGED}


def test_going_into_a_contradiction_asks_as_well_and_is_no_blind_answer_kept(
    revealed: Assignment, reader: User
) -> None:
    with pytest.raises(AnswerInvalid):
        submitted(revealed, reader, effusion="present", nodule="present")
    read = submitted(revealed, reader, frozenset({"effusion"}), effusion="present", nodule="present")
    assert settled(read) == {"effusion": "", "nodule": Contradiction.CHANGED}


def test_the_blind_read_itself_is_never_asked(revealed: Assignment) -> None:
    blind = Read.objects.get(phase=Read.Phase.BLIND)
    assert settled(blind) == {"effusion": "", "nodule": ""}


def test_a_project_may_switch_it_off(revealed: Assignment, reader: User, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(ask_contradictions=False)
    revealed.project.refresh_from_db()
    assert settled(submitted(revealed, reader, effusion="absent", nodule="absent")) == {"effusion": "", "nodule": ""}


def test_over_rest_it_is_the_same(revealed: Assignment, reader: User, project: Project, client: Client) -> None:
    client.force_login(reader)
    address = reverse("api:assignment-read", args=[project.slug, revealed.pk])
    body = {"key": str(uuid4()), "answers": {"effusion": "absent", "nodule": "absent"}}
    refused = client.post(address, body, content_type="application/json")
    assert refused.status_code == 422
    assert "keep your answer" in refused.content.decode()
    body["answers"] = {"effusion": "absent", "nodule": {"value": "absent", "kept": True}}
    stored = client.post(address, body, content_type="application/json")
    assert stored.status_code == 201
    assert settled(Read.objects.get(phase=Read.Phase.REVEALED)) == {"effusion": "", "nodule": "kept"}


def test_its_effect_is_counted_by_independent_labels(project: Project, champion: Pipeline) -> None:
    for _ in range(3):
        make_image(project)
    run_all()
    queue_fill(project=project)
    for truth, final in ((1.0, "present"), (0.0, "present"), (0.0, "absent"), (None, "absent")):
        reader = make_member(project, Role.READER)
        case = revealed_to(project, reader, champion, {"effusion": "absent", "nodule": "absent"})
        submitted(case, reader, frozenset({"nodule"}), effusion="absent", nodule=final)
        if truth is not None:
            nodule = project.findings.get(slug="nodule")
            ReferenceLabel.objects.filter(project=project, image=case.image, finding=nodule).delete()
            ReferenceLabel.objects.create(
                project=project,
                image=case.image,
                finding=nodule,
                exposure=ExposureKind.NONE,
                origin="imported",
                method="declared",
                value=truth,
                independent=True,
            )
    effect = contradictions_effect(champion)
    assert (effect.changed_right, effect.changed_wrong, effect.kept_wrong, effect.kept_unknown) == (1, 1, 1, 1)
    assert effect.total == Answer.objects.exclude(contradiction="").count() == 4


def test_the_models_page_shows_it(revealed: Assignment, reader: User, project: Project, client: Client) -> None:
    engineer = make_member(project, Role.ML_ENGINEER)
    client.force_login(engineer)
    address = reverse("model", args=[project.slug, project.champion.pipeline.number])
    assert "After strong contradiction" not in client.get(address).content.decode()
    submitted(revealed, reader, effusion="absent", nodule="present")
    assert "After strong contradiction" in client.get(address).content.decode()
