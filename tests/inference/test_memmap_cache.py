"""Embeddings and scores as memory maps: what is appended, what is found again, and what is made anew."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pytest
from django.conf import settings

from inference.memmap_cache import ids_of, ids_of_text, uuids_of
from inference.models import EmbeddingRow
from inference.queries import embeddings_of, scores_of
from inference.services.scoring import images_score
from overread.projects.models import Project
from tests.factories import make_champion, make_image


@pytest.fixture
def backbone(project: Project) -> str:
    """The space of a model that has scored three images."""
    for _ in range(3):
        make_image(project)
    return make_champion(project).space


def test_every_embedded_image_has_its_row(backbone: str) -> None:
    found = embeddings_of(backbone)
    assert set(found.images) == set(EmbeddingRow.objects.values_list("image", flat=True))
    assert found.values.dtype == np.float16 and len(found.values) == 3


def test_a_new_shard_is_appended_and_what_was_mapped_stays(project: Project, backbone: str) -> None:
    before = embeddings_of(backbone)
    make_image(project)
    images_score(pipeline=project.champion.pipeline)
    after = embeddings_of(backbone)
    assert len(after.values) == 4 and after.images[:3] == before.images
    assert np.array_equal(after.values[:3], before.values)


def test_scores_are_those_of_the_shard(project: Project, backbone: str) -> None:
    found = scores_of(project.champion.pipeline)
    assert found.values.shape == (3, 2) and ((found.values > 0) & (found.values < 1)).all()


def test_rows_erased_in_the_database_are_erased_here(backbone: str) -> None:
    erased = embeddings_of(backbone).images[1]
    EmbeddingRow.objects.filter(image=erased).delete()
    left = embeddings_of(backbone)
    assert len(left.values) == 2 and erased not in left.images
    assert (settings.MAPPED / f"embeddings-{backbone}" / "images").stat().st_size == 32


@pytest.mark.parametrize("part", ["values", "images", "shards", "state.json"])
def test_a_file_cut_short_is_made_anew(backbone: str, part: str) -> None:
    images, values = embeddings_of(backbone).images, embeddings_of(backbone).values.copy()
    path = settings.MAPPED / f"embeddings-{backbone}" / part
    path.write_bytes(path.read_bytes()[:-1])
    again = embeddings_of(backbone)
    assert again.images == images and np.array_equal(again.values, values)


def test_what_a_crash_left_behind_the_state_is_cut_off(project: Project, backbone: str) -> None:
    whole = embeddings_of(backbone)
    for part in ("values", "images", "shards"):
        with (settings.MAPPED / f"embeddings-{backbone}" / part).open("ab") as file:
            file.write(b"half a row")
    make_image(project)
    images_score(pipeline=project.champion.pipeline)
    after = embeddings_of(backbone)
    assert len(after.values) == 4 and np.array_equal(after.values[:3], whole.values)


def test_an_id_that_ends_in_zeros_is_whole() -> None:
    images = [UUID(int=1 << 64), UUID(int=5), UUID(int=0)]
    assert uuids_of(ids_of(images)) == images
    assert uuids_of(ids_of_text([str(images[0]), images[1].hex])) == images[:2]


def test_places_are_found_and_missing_ones_told(backbone: str) -> None:
    found = embeddings_of(backbone)
    assert found.places(ids_of([found.images[2], UUID(int=7), found.images[0]])).tolist() == [2, -1, 0]
