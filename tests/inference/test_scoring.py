"""New images are scored in batches, each once."""

from __future__ import annotations

import pytest

from inference.models import EmbeddingRow, EmbeddingShard
from inference.services import scoring
from inference.services.scoring import images_score, unscored
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import make_champion, make_image


@pytest.fixture
def waiting(project: Project) -> Project:
    """Five decoded images that a model in use has not scored."""
    make_champion(project)
    for _ in range(5):
        make_image(project)
    return project


def test_the_first_job_scores_all_that_wait(waiting: Project) -> None:
    run_all()
    assert Job.objects.filter(kind="inference.predict", state=State.DONE).count() == 5
    assert EmbeddingShard.objects.count() == 1 and EmbeddingRow.objects.count() == 5


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_batches_are_one_pass_over_all(waiting: Project, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(scoring, "BATCH", size)
    assert images_score(pipeline=waiting.champion.pipeline) == 5
    assert EmbeddingShard.objects.count() == -(-5 // size)
    assert not unscored(waiting.champion.pipeline).exists()


def test_a_job_of_a_full_batch_scores_its_own_image(waiting: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "BATCH", 2)
    last = Job.objects.filter(kind="inference.predict").latest("created_at")
    Job.objects.filter(kind="inference.predict").exclude(pk=last.pk).update(state=State.CANCELLED)
    run_all(queues=("inference",))
    scored = EmbeddingRow.objects.values_list("image", flat=True)
    assert [str(image) for image in scored] == [last.arguments["image"]]
