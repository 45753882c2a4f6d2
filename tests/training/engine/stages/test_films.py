import numpy as np
import pytest
from PIL import Image

from training.engine.stages.films import Films, films_of_packs, films_of_phantoms, read_image


def test_packs_without_patients_and_views_are_no_chest_films(packs):
    films = films_of_packs(packs, 32)
    assert len(films) == 36
    assert set(films.packs) == {"one", "masked"}
    assert not films.lateral.any()


def test_a_pack_can_be_left_out(packs):
    assert set(films_of_packs(packs, 32, ["one"]).packs) == {"masked"}


def test_no_pack_left_is_an_error(packs):
    with pytest.raises(ValueError, match="No pack"):
        films_of_packs(packs, 32, ["one", "masked"])


def test_synthetic_films_know_their_view(packs, phantoms):
    films = Films.joined([films_of_packs(packs, 32), films_of_phantoms(phantoms, 32)])
    assert films.synthetic.sum() == 40
    assert films.part(films.lateral).synthetic.all()
    assert films.lateral.sum() == 20


def test_sixteen_bits_and_eight_read_alike(tmp_path):
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    Image.fromarray(grey).save(tmp_path / "8.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "16.png")
    assert np.allclose(read_image(tmp_path / "8.png").pixels, read_image(tmp_path / "16.png").pixels)
