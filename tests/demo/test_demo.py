"""The demo: which films come first, and what becomes of the network that comes with the product."""

from typing import Any

import pytest
from django.utils import timezone

from demo import films, loading
from demo.management.commands.watch_demo import words
from demo.model import HELD_OUT, LEARNT, model_make, shipped
from inference.models import Champion, Pipeline
from labeling.models import Assignment
from labeling.queries.labels import evaluation_labels
from overread.archive.models import Image
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from overread.jobs.services import job_cancel
from overread.projects.models import Project
from phantom.table import Batch, shots
from training.engine.recipe import Recipe
from training.management.commands.rehearse import GATE as EASY
from training.models import Run, Verdict
from training.services import run_request


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> pytest.MonkeyPatch:
    """Seventy-two small films, two fifths of the labelled ones' patients for the gate."""
    settings.REFERENCE_SHARE = 0.4
    for name, value in (("LABELLED", 60), ("UNREAD", 12), ("LABELLED_SIZE", 96), ("UNREAD_SIZE", 96)):
        monkeypatch.setattr(films, name, value)
        monkeypatch.setattr(loading, name, value, raising=False)
    monkeypatch.setattr(loading, "FIRST_UNREAD", 6)
    monkeypatch.setattr(loading, "GATE", EASY)
    return monkeypatch


def play(until: Any = lambda: False) -> None:
    """Do the demo's jobs without its pauses, to the end or until then."""
    for _ in range(100):
        run_all()
        waiting = Job.objects.filter(kind__startswith="demo.", state=State.QUEUED)
        if until() or not waiting.update(run_after=timezone.now()):
            break


def told() -> tuple[str, bool]:
    return words(loading.demo_state(loading.demo_load()))


def test_the_network_is_in_use_before_the_other_films_come(small: pytest.MonkeyPatch) -> None:
    project = loading.demo_load()
    sooner, later = loading.films_ordered()
    assert told() == ("0 films drawn and taken in; the gate needs some sixty.", False)
    play(until=Champion.objects.exists)
    verdict = Verdict.objects.get()
    assert verdict.passed and verdict.images == sum(film.labelled for film in sooner) > 10
    assert Image.objects.count() == len(sooner) and Assignment.objects.filter(reader=None).exists()
    run_all()
    assert told() == (f"ready: sign in and read. {len(later)} more films come in slowly beside.", True)
    Project.objects.update(auto_fill=False)
    play()
    assert Image.objects.count() == len(sooner) + len(later) == 72
    assert told() == ("ready: sign in and read.", True) and not Run.objects.exists()
    assert evaluation_labels(project).keys() == set(
        Image.objects.filter(study__patient__reference=True, imported_labels__isnull=False).values_list("pk", flat=True)
    )


def test_a_network_that_does_not_pass_is_not_used_and_it_says_so(small: pytest.MonkeyPatch) -> None:
    small.setattr(loading, "GATE", {**loading.GATE, "minimum_macro": 0.999})
    loading.demo_load()
    play()
    line, over = told()
    assert over and line.startswith("the network did not pass the gate")
    assert not Champion.objects.exists() and Image.objects.count() == 72


def test_films_that_are_given_up_keep_nobody_waiting(small: pytest.MonkeyPatch) -> None:
    loading.demo_load()
    job_cancel(job=Job.objects.filter(kind="demo.films").latest("created_at"), actor=None)
    play(until=Champion.objects.exists)
    assert Champion.objects.exists()


def test_loading_it_again_changes_nothing(small: pytest.MonkeyPatch) -> None:
    first = loading.demo_load()
    before = (Pipeline.objects.count(), Job.objects.count())
    assert loading.demo_load() == first and (Pipeline.objects.count(), Job.objects.count()) == before


def test_no_patient_has_both_labelled_and_unread_films() -> None:
    of = {labelled: {film.shot.patient for film in films.films() if film.labelled == labelled} for labelled in (0, 1)}
    assert of[0] and of[1] and not of[0] & of[1]


def test_the_network_learnt_from_no_patient_of_the_demo() -> None:
    demo = {film.shot.patient for film in films.films()}
    learnt, tried = (
        {shot.patient for shot in shots(Batch(count=count, seed=seed))}
        for count, seed in ((LEARNT, films.LEARNT_SEED), (HELD_OUT, films.HELD_OUT_SEED))
    )
    assert not demo & learnt and not demo & tried and not learnt & tried


def test_the_network_that_comes_with_the_product_says_where_it_learnt() -> None:
    bundle = shipped()
    assert bundle.card.facts["data"]["train"] > 500 and str(LEARNT) in bundle.card.facts["origin"]
    assert bundle.card.layout.names == tuple(films.PREVALENCE)
    assert sum(len(content) for content in bundle.to_files().values()) < 1e6


def test_the_same_command_makes_the_same_bytes() -> None:
    recipe = Recipe(architecture="tiny_cnn", size=32, epochs=2)
    first, again = (model_make(recipe=recipe, learnt=90, held_out=40) for _ in range(2))
    assert first.sha256 == again.sha256


def test_a_run_goes_on_from_the_network_in_use(small: pytest.MonkeyPatch) -> None:
    project = loading.demo_load()
    Project.objects.update(auto_fill=False)
    play()
    run = run_request(project=project, trigger="button", epochs=1)
    run_all()
    run.refresh_from_db()
    assert run.state == Run.State.FINISHED, run.error
    assert run.recipe["initial_sha256"] == shipped().sha256 and Verdict.objects.filter(challenger=run.pipeline).exists()
