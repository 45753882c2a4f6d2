"""The demo, with few and small films."""

from typing import Any

import pytest
from django.utils import timezone

from inference.models import Champion
from overread.archive.models import Image
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from training import demo
from training.engine.recipe import Recipe
from training.management.commands.rehearse import GATE as EASY
from training.management.commands.watch_demo import words
from training.models import Run

pytestmark = pytest.mark.django_db
UNREACHABLE = {**demo.GATE, "minimum_macro": 0.999}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, settings: Any) -> pytest.MonkeyPatch:
    """Ninety-six films of 64 pixels, two fifths of their patients for the gate; a training of one epoch."""
    settings.REFERENCE_SHARE = 0.4
    monkeypatch.setattr(demo, "LABELLED", 92)
    monkeypatch.setattr(demo, "UNREAD", 4)
    monkeypatch.setattr(demo, "SIZE", 64)
    monkeypatch.setattr(demo, "CHUNK", 8)
    monkeypatch.setattr(demo, "RECIPE", Recipe(size=32, batch=8, epochs=1, threads=1).to_dict())
    return monkeypatch


def played() -> tuple[str, bool]:
    """Do the demo's jobs without its pauses, to the end; what the terminal is told then."""
    project = demo.demo_load()
    for _ in range(60):
        run_all()
        if not Job.objects.filter(kind="demo.advance", state=State.QUEUED).update(run_after=timezone.now()):
            break
    return words(demo.demo_state(project))


def tries() -> list[Any]:
    return list(Run.objects.order_by("number").values_list("recipe__time_limit_s", "state"))


def test_every_film_comes_in_and_a_model_that_passes_is_put_to_use(small: pytest.MonkeyPatch) -> None:
    small.setattr(demo, "GATE", EASY)
    assert played() == ("ready: sign in and read.", True)
    assert Image.objects.count() == 96 and Champion.objects.count() == 1 and len(tries()) == 1


def test_a_model_that_does_not_pass_is_tried_again_with_more_time_and_in_the_end_it_says_so(
    small: pytest.MonkeyPatch,
) -> None:
    small.setattr(demo, "GATE", UNREACHABLE)
    line, over = played()
    assert over and line.startswith("no model passed the gate in 3 tries")
    assert tries() == [(0.0, "finished"), (240.0, "finished"), (240.0, "finished")] and not Champion.objects.exists()
