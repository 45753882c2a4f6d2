"""From labels to a model in use."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from inference.queries import champion_of
from inference.services import ChampionMoved, champion_swap
from overread.accounts.models import User
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_image, make_pipeline, make_project, make_read, make_user
from tests.training.pictures import RECIPE, table
from training.engine import recipes
from training.management.commands.rehearse import GATE
from training.models import Rehearsal, Run, Snapshot, SnapshotItem, Verdict
from training.services import (
    GateClosed,
    NothingToLearn,
    RunActive,
    model_promote,
    model_roll_back,
    run_cancel,
    run_request,
    runs_due,
    snapshot_create,
)


@pytest.fixture
def pack(db: None, tmp_path: Path) -> Project:
    """Ninety labelled pictures of an easy finding, imported as an independent standard."""
    call_command("import_dataset", "table", csv=table(tmp_path, 90), project="pack", image_column="file", verbosity=0,
                 patient_column="patient_id", label_column=["nodule"], independent=True, declaration="Drawn.")  # fmt: skip
    project = Project.objects.get(slug="pack")
    project.recipe, project.gate_policy, project.auto_fill = RECIPE, GATE, False
    project.save()
    return project


def test_the_same_labels_are_one_snapshot(pack: Project) -> None:
    assert snapshot_create(project=pack) == snapshot_create(project=pack)


def test_no_reference_patient_is_in_a_snapshot(pack: Project) -> None:
    snapshot = snapshot_create(project=pack)
    assert 0 < snapshot.images < 90
    assert not snapshot.items.filter(image__study__patient__reference=True).exists()


def test_the_database_itself_refuses_a_reference_image(pack: Project) -> None:
    snapshot, image = snapshot_create(project=pack), make_image(pack, reference=True)
    with pytest.raises(IntegrityError, match="never be trained on"), transaction.atomic():
        SnapshotItem.objects.create(snapshot=snapshot, image=image, split="train", labels={}, weights={})


def test_a_snapshot_never_changes(pack: Project) -> None:
    snapshot_create(project=pack)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        SnapshotItem.objects.update(labels={"nodule": 0.0})
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Snapshot.objects.update(images=1)


def test_without_labels_there_is_nothing_to_learn(project: Project) -> None:
    with pytest.raises(NothingToLearn):
        run_request(project=project, trigger="button")


def test_one_run_at_a_time(pack: Project) -> None:
    run_request(project=pack, trigger="button")
    with pytest.raises(RunActive, match="Run 1 is queued"):
        run_request(project=pack, trigger="rest")


def test_a_wrong_recipe_is_refused_by_its_field(pack: Project) -> None:
    with pytest.raises(ValueError, match="epochs"):
        run_request(project=pack, trigger="button", epochs=0)
    assert not Run.objects.exists()


def test_a_run_ends_in_a_model_and_a_verdict(pack: Project) -> None:
    run = run_request(project=pack, trigger="button")
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED and run.epochs.count() == 4
    facts = run.version.card["facts"]
    assert facts["held_out"]["images"] > 0 and "border_only" in facts["shortcuts"]["nodule"]
    assert Verdict.objects.get(challenger=run.pipeline).champion is None


def test_the_same_snapshot_recipe_and_seed_give_the_same_weights(pack: Project) -> None:
    for _ in range(2):
        run_request(project=pack, trigger="button")
        run_all()
    first, second = Run.objects.order_by("number")
    assert first.version.card["weights_sha256"] == second.version.card["weights_sha256"]


def test_a_cancelled_run_writes_nothing(pack: Project) -> None:
    run = run_request(project=pack, trigger="button")
    assert run_cancel(run=run, actor=None)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED and run.version is None and not run_cancel(run=run, actor=None)


def test_a_dead_job_is_a_failed_run(pack: Project) -> None:
    run = run_request(project=pack, trigger="button")
    Run.objects.filter(pk=run.pk).update(recipe={"nonsense": 1})
    Job.objects.filter(kind="training.run").update(attempts_max=1)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FAILED and "nonsense" in run.error


@pytest.fixture
def verdict(pack: Project) -> Verdict:
    run_request(project=pack, trigger="button")
    run_all()
    return Verdict.objects.get()


def test_a_passed_verdict_lets_a_person_promote(verdict: Verdict) -> None:
    Verdict.objects.filter(pk=verdict.pk)
    assert verdict.passed, verdict.report["sentence"]
    promotion = model_promote(verdict=verdict, signed_by=make_user(), reason="Good.")
    assert champion_of(verdict.project) == verdict.challenger and promotion.verdict_id == verdict.pk


def test_a_failed_verdict_does_not(pack: Project) -> None:
    failed = Verdict.objects.create(
        project=pack, challenger=make_pipeline(pack), passed=False, report={}, reference_sha256="0" * 64, images=0
    )
    with pytest.raises(GateClosed):
        model_promote(verdict=failed, signed_by=make_user())


def test_a_verdict_on_another_champion_is_stale(verdict: Verdict) -> None:
    champion_swap(
        project=verdict.project, pipeline=make_pipeline(verdict.project), expected=None, signed_by=make_user()
    )
    with pytest.raises(ChampionMoved):
        model_promote(verdict=verdict, signed_by=make_user())


def test_rolling_back_needs_a_reason_and_a_former_champion(verdict: Verdict) -> None:
    project, person = verdict.project, make_user()
    first = make_pipeline(project)
    champion_swap(project=project, pipeline=first, expected=None, signed_by=person)
    champion_swap(project=project, pipeline=verdict.challenger, expected=first, signed_by=person)
    with pytest.raises(GateClosed, match="why"):
        model_roll_back(project=project, pipeline=first, signed_by=person, reason=" ")
    with pytest.raises(GateClosed, match="in use before"):
        model_roll_back(project=project, pipeline=make_pipeline(project), signed_by=person, reason="?")
    assert model_roll_back(project=project, pipeline=first, signed_by=person, reason="Drift.").rollback
    assert champion_of(project) == first


def test_imported_labels_that_are_no_standard_open_no_gate(pack: Project) -> None:
    from training.services.judging import challenger_judge

    pack.labels.update(independent=False)
    judged = challenger_judge(challenger=make_pipeline(pack))
    assert not judged.passed and "not declared an independent standard" in judged.report["sentence"]


def test_enough_new_reads_start_a_run(pack: Project, reader: User) -> None:
    pack.retrain_labels = 1
    pack.save()
    assert runs_due(pack) == []
    from labeling.services.selection import queue_fill
    from overread.projects.models import Role
    from overread.projects.services import membership_add

    membership_add(project=pack, user=reader, role=Role.READER)
    make_image(pack)
    queue_fill(project=pack, size=1)
    make_read(pack, reader)
    run = Run.objects.get(project=pack)
    assert run.trigger == "labels" and run.why == "1 reads"


def test_train_and_predict_from_the_command_line(
    pack: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("train", project="pack", json=True)
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert result["held_out"]["findings"]["nodule"]["auroc"] >= 0
    out = tmp_path / "scores.csv"
    (tmp_path / "=bad.png").write_bytes(b"no picture")
    call_command("predict", str(tmp_path), project="pack", csv=out)
    lines = out.read_text().splitlines()
    assert lines[0].startswith("file,model,nodule,nodule_threshold,nodule_above")
    assert len(lines) == 1 + 90 + 2  # the pictures, labels.csv and the bad one


def test_train_says_what_is_wrong(db: None) -> None:
    with pytest.raises(CommandError, match="no project 'nothing'"):
        call_command("train", project="nothing")


def test_train_takes_a_recipe_by_name(pack: Project) -> None:
    call_command("train", project="pack", recipe="quick", set=["size=32", "epochs=2", "threads=1"])
    named = recipes.find("quick").to_dict()
    assert Run.objects.get(project=pack).recipe == {**named, "size": 32, "epochs": 2, "threads": 1}


def test_train_knows_its_recipes(db: None) -> None:
    with pytest.raises(CommandError, match="there are densenet121, quick"):
        call_command("train", project=make_project().slug, recipe="large")


def test_a_rehearsal_prints_its_curve(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rehearse", csv=table(tmp_path, 80), rounds=2, per_round=30, readers=2, error_rate=0.1, strategy="margin",
                 set=["size=32", "epochs=2", "threads=1"], json=True)  # fmt: skip
    curve = json.loads(capsys.readouterr().out.strip().splitlines()[-1])["curve"]
    assert [point["labels"] for point in curve] == [30, 60]
    assert curve[-1]["macro_auroc"] is not None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"strategy": "nonsense"}, "There is no such strategy"),
        ({"strategy": "nowhere.at:all"}, "not in a library"),
        ({"strategy": "modAL.nowhere:all"}, "modAL.nowhere:all"),
        ({"strategy": "skactiveml.pool:QueryByCommittee"}, "QueryByCommittee"),
        ({"retrain_every": -1}, "0 or more, not -1"),
        ({"set": ["epochs=x"]}, "epochs"),
        ({"audit_share": 3.0}, "less than or equal to 1"),
        ({"readers": 0}, "one reader at least"),
        ({"seed": -1}, "a seed of 0 or more"),
    ],
)
def test_a_rehearsal_that_makes_no_sense_is_told_in_a_line_and_leaves_nothing(
    db: None, tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    asked = {"csv": table(tmp_path, 4), "rounds": 1, "per_round": 2} | wrong
    with pytest.raises(CommandError, match=words):
        call_command("rehearse", **asked)
    assert not Project.objects.exists() and not User.objects.exists()


def test_a_rehearsal_ends_when_no_image_is_left(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rehearse", csv=table(tmp_path, 6), rounds=4, per_round=20, readers=1)
    assert "ended after 1 of 4 rounds" in capsys.readouterr().out
    assert len(Rehearsal.objects.get().curve) == 1


def test_a_rehearsal_that_takes_nothing_in_leaves_nothing(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    for picture in tmp_path.glob("*.png"):
        picture.write_bytes(b"no picture")
    with pytest.raises(CommandError, match="No image could be taken in"):
        call_command("rehearse", csv=path, rounds=1, per_round=2)
    assert not Project.objects.exists() and not User.objects.exists()


def test_a_rehearsal_that_fails_later_says_what_remains(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, 3)
    path.write_text(path.read_text().rsplit(",", 1)[0] + ",\n")  # the last row's truth is missing
    with pytest.raises(CommandError, match="truth of every finding"):
        call_command("rehearse", csv=path, rounds=1, per_round=2, label_column=["nodule"], project="short")
    assert "Project short remains" in capsys.readouterr().err and Project.objects.filter(slug="short").exists()
