"""From labels to a model in use."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from inference.engine import backbones, weights
from inference.engine.digest import sha256_of
from inference.queries import champion_of
from inference.services import ChampionMoved, champion_swap
from labeling.services.selection import queue_fill
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from tests.factories import make_image, make_member, make_pipeline, make_project, make_read, make_user
from tests.training.pictures import RECIPE, table
from training.engine import recipes
from training.management.commands.rehearse import GATE
from training.models import Run, Snapshot, SnapshotItem, Verdict
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


@pytest.fixture(scope="module")
def imported(shared_rows: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    csv = table(tmp_path_factory.mktemp("pack"), 90)

    def rows() -> None:
        call_command("import_dataset", "table", csv=csv, project="pack", image_column="file", verbosity=0,
                     patient_column="patient_id", label_column=["nodule"], independent=True, declaration="Drawn.")  # fmt: skip
        Project.objects.filter(slug="pack").update(recipe=RECIPE, gate_policy=GATE, auto_fill=False)
        run_all(queues=("io", "inference"))  # decoded once, not by every test that trains

    shared_rows(rows)


@pytest.fixture
def pack(imported: None, db: None) -> Project:
    """Ninety labelled pictures of an easy finding, imported as an independent standard."""
    return Project.objects.get(slug="pack")


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
    assert facts["attention"]["nodule"].keys() >= {"cases", "deletion", "deletion_random", "insertion"}
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


def read_one(project: Project) -> None:
    """One new image, queued and read; what then is due has been looked for."""
    reader = make_member(project, Role.READER)
    make_image(project)
    queue_fill(project=project, size=1)
    make_read(project, reader)


def test_enough_new_reads_start_a_run(pack: Project) -> None:
    pack.retrain_labels = 1
    pack.save()
    assert runs_due(pack) == []
    read_one(pack)
    run = Run.objects.get(project=pack)
    assert run.trigger == "labels" and run.why == "1 reads"


def test_train_and_predict_from_the_command_line(
    pack: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("train", project="pack", json=True)
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert result["held_out"]["findings"]["nodule"]["auroc"] >= 0
    out = tmp_path / "scores.csv"
    table(tmp_path, 12)
    (tmp_path / "=bad.png").write_bytes(b"no picture")
    with pytest.raises(CommandError, match="2 of 14 files were refused"):
        call_command("predict", str(tmp_path), project="pack", csv=out)
    lines = out.read_text().splitlines()
    assert lines[0].startswith("file,model,nodule,nodule_threshold,nodule_above")
    assert len(lines) == 1 + 12 + 2  # the pictures, labels.csv and the bad one


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


def start_weights(folder: Path, architecture: str = "small_cnn") -> tuple[Path, str]:
    """A file of weights for this network of three channels, and its SHA-256."""
    packed = weights.pack(backbones.build(architecture, 3, 32).state_dict())
    path = folder / "start.safetensors"
    path.write_bytes(packed)
    return path, sha256_of(packed)


def test_a_run_begins_with_a_file_of_weights(pack: Project, tmp_path: Path) -> None:
    path, sha256 = start_weights(tmp_path)
    run = run_request(project=pack, trigger="button", epochs=1, initial=f"file:{path}", initial_sha256=sha256)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED


def test_weights_that_are_not_those_are_refused_when_the_run_is_asked_for(pack: Project, tmp_path: Path) -> None:
    path, sha256 = start_weights(tmp_path)
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(path.read_bytes()[:-8])
    for name, digest, why in (
        ("start", "0" * 64, "SHA-256 is not the one"),
        ("cut", sha256_of(cut.read_bytes()), "no whole safetensors file"),
        ("gone", sha256, "cannot be read"),
    ):
        with pytest.raises(ValueError, match=f"^initial names {name}.*{why}"):
            run_request(
                project=pack, trigger="button", initial=f"file:{tmp_path / name}.safetensors", initial_sha256=digest
            )
    assert not Run.objects.exists()


def test_weights_of_another_network_fail_the_run_once_before_an_image_is_loaded(pack: Project, tmp_path: Path) -> None:
    path, sha256 = start_weights(tmp_path, "tiny_cnn")
    run = run_request(project=pack, trigger="button", initial=f"file:{path}", initial_sha256=sha256)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FAILED and "in the weights and" in run.error
    assert Job.objects.get(kind="training.run").attempts == 1


def test_a_size_that_the_network_does_not_take_fails_the_run_once(pack: Project) -> None:
    run = run_request(project=pack, trigger="button", architecture="timm:vit_small_patch14_dinov2", size=64)
    run_all()
    run.refresh_from_db()
    assert run.error.startswith("size is 64") and Job.objects.get(kind="training.run").attempts == 1


def test_a_run_that_is_due_and_cannot_be_stands_among_the_failed(pack: Project, tmp_path: Path) -> None:
    gone = {"initial": f"file:{tmp_path / 'gone.safetensors'}", "initial_sha256": "0" * 64}
    Project.objects.filter(pk=pack.pk).update(recipe=RECIPE | gone, retrain_labels=1)
    read_one(Project.objects.get(pk=pack.pk))
    run = Run.objects.get()
    assert run.state == Run.State.FAILED and "gone.safetensors, which cannot be read" in run.error
    assert not runs_due() and not Job.objects.filter(kind="training.run").exists()


def test_a_transformer_of_timms_learns_is_served_and_judged(pack: Project) -> None:
    run = run_request(project=pack, trigger="button", architecture="timm:test_vit", size=32, epochs=1)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error
    assert run.version.architecture == "timm:test_vit" and Verdict.objects.filter(challenger=run.pipeline).exists()
