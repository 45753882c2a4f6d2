import numpy as np
import pytest

from training.engine.starter.findings import LAYOUT, labels_of
from training.engine.starter.packs import films_read


def column(name):
    return [output.name for output in LAYOUT].index(name)


def test_every_film_of_every_pack_is_read(packs, recipe):
    films = films_read(packs, recipe.preparation())
    assert films.images.shape == (7, 32, 32) and films.images.dtype == np.uint8
    assert films.labels.shape == (7, len(LAYOUT))


def test_a_pack_is_left_out_with_its_patients_wherever_they_are(packs, recipe):
    films = films_read(packs, recipe.preparation(), ["cxr_nih_256"])
    assert "NIH-7" not in films.patients
    assert films.packs.tolist() == ["cxr_kermany_224"] * 3 + ["cxr_mixed_512", "cxr_nih_64"]


def test_a_pack_there_is_not_is_refused(packs, recipe):
    with pytest.raises(ValueError, match="no pack cxr_nih;"):
        films_read(packs, recipe.preparation(), ["cxr_nih"])


def test_a_child_is_told_apart_by_its_own_findings(packs, recipe):
    labels = films_read(packs, recipe.preparation()).labels[:3]
    assert labels[:, column("pneumonia in children")].tolist() == [0, 1, 1]
    assert labels[1:, column("bacterial pneumonia in children")].tolist() == [0, 1]
    assert np.isnan(labels[0, column("bacterial pneumonia in children")])
    assert np.isnan(labels[:, column("Mass")]).all()


def test_a_table_of_nih_says_what_is_absent():
    row = {"view": "AP", "findings": "Edema|Mass", "sex": "F", "age": "411", "source": "NIH ChestX-ray8"}
    labels = labels_of(row)
    assert (labels["Edema"], labels["Nodule"], labels["abnormal"]) == (1, 0, 1)
    assert (labels["male"], labels["anteroposterior"], labels["age"]) == (0, 1, 100)


def test_the_other_hospital_says_nothing_of_findings():
    row = {"view": "AP Supine", "findings": "COVID-19", "sex": "", "age": "", "source": "COVID-19 Image Repository"}
    assert labels_of(row) == {"anteroposterior": 1.0}
