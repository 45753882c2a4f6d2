"""The generator of synthetic chests: same seed, same film; a finding changes only what it should."""

import numpy as np
import pytest

from phantom import FINDINGS, draw_findings, render

SIZE = 128


def ring(pixels):
    """The outer tenth of a film."""
    outer = np.ones(pixels.shape, bool)
    tenth = len(pixels) // 10
    outer[tenth:-tenth, tenth:-tenth] = False
    return pixels[outer].astype(float)


def test_same_seed_gives_the_same_bytes():
    first, second = (render(7, {"nodule": 0.5}, size=SIZE) for _ in range(2))
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert np.array_equal(first.findings["nodule"].mask, second.findings["nodule"].mask)


def test_another_seed_gives_another_film():
    assert not np.array_equal(render(7, size=SIZE).pixels, render(8, size=SIZE).pixels)


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_leaves_patient_device_and_border_alone(name):
    well, ill = render(11, size=SIZE), render(11, {name: 0.9}, size=SIZE, difficulty=0)
    assert (ill.patient, ill.pose, ill.device) == (well.patient, well.pose, well.device)
    moved = np.abs(ring(ill.pixels) - ring(well.pixels)) / 2**well.bits
    assert moved.mean() < 0.002
    assert np.abs(ill.pixels.astype(float) - well.pixels)[ill.findings[name].mask].mean() / 2**well.bits > 0.01


@pytest.mark.parametrize("name", FINDINGS)
@pytest.mark.parametrize("view", ["PA", "AP", "LATERAL"])
def test_truth_agrees_with_itself(name, view):
    truth = render(5, {name: 0.8}, size=SIZE, view=view).findings[name]
    x0, y0, x1, y1 = truth.box
    assert truth.mask.any()
    assert truth.mask.sum() == truth.mask[y0:y1, x0:x1].sum()
    assert truth.mask[y0].any() and truth.mask[y1 - 1].any() and truth.mask[:, x0].any() and truth.mask[:, x1 - 1].any()
    assert truth.extent > 0 and truth.unit and truth.side in "RLBU"


def test_extent_of_a_nodule_is_its_diameter():
    film = render(3, {"nodule": 1.0}, size=256, view="PA")
    truth = film.findings["nodule"]
    area_cm2 = truth.mask.sum() * (film.spacing / 10) ** 2
    assert 2 * np.sqrt(area_cm2 / np.pi) == pytest.approx(truth.extent, rel=0.2)


def test_extent_of_cardiomegaly_is_the_ratio_of_heart_to_chest():
    film = render(3, {"cardiomegaly": 1.0}, size=256, view="PA", difficulty=0)
    x0, _, x1, _ = film.findings["cardiomegaly"].box
    assert (x1 - x0) * film.spacing / 10 / (2 * film.patient.width) == pytest.approx(
        film.findings["cardiomegaly"].extent, abs=0.03
    )


def test_a_finding_lies_on_its_side():
    for seed in range(4):
        truth = render(seed, {"effusion": 0.6}, size=SIZE, view="PA").findings["effusion"]
        middle = (truth.box[0] + truth.box[2]) / 2
        assert (middle < SIZE / 2) == (truth.side == "R")


@pytest.mark.parametrize("name", FINDINGS)
def test_harder_means_fainter(name):
    well = render(21, size=SIZE, view="PA", device="dr-a").pixels.astype(float)
    plain = render(21, {name: 0.8}, size=SIZE, view="PA", device="dr-a", difficulty=0).findings[name].mask
    changes = []
    for difficulty in (0, 0.5, 1):
        ill = render(21, {name: 0.8}, size=SIZE, view="PA", device="dr-a", difficulty=difficulty)
        changes.append(np.abs(ill.pixels - well)[plain].mean())
    assert changes[0] > changes[1] > changes[2] > 0


def test_both_polarities_show_bone_white():
    normal, inverse = render(2, size=SIZE, device="dr-a"), render(2, size=SIZE, device="cr-b")
    assert (normal.monochrome1, inverse.monochrome1) == (False, True)
    middle = SIZE // 2
    assert normal.pixels[-20, middle] > normal.pixels[middle, SIZE // 4]
    assert inverse.pixels[-20, middle] < inverse.pixels[middle, SIZE // 4]
    assert all(film.display()[-20, middle] > film.display()[middle, SIZE // 4] for film in (normal, inverse))


def test_films_of_one_patient_show_one_person():
    first, second = render(30, size=SIZE, patient=30), render(31, size=SIZE, patient=30)
    assert first.patient == second.patient
    assert first.pose != second.pose


@pytest.mark.parametrize(
    "wrong",
    [
        {"findings": {"gout": 0.5}},
        {"findings": {"nodule": 0.0}},
        {"findings": {"nodule": 1.5}},
        {"difficulty": 2},
        {"size": 8},
        {"device": "camera"},
    ],
)
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"unknown|must be"):
        render(1, **wrong)


def test_findings_are_drawn_with_their_prevalence():
    drawn = [draw_findings(seed, {"nodule": 0.5, "effusion": 0.1}) for seed in range(600)]
    assert 240 < sum("nodule" in findings for findings in drawn) < 360
    assert 30 < sum("effusion" in findings for findings in drawn) < 95
    assert not any("cardiomegaly" in findings for findings in drawn)
    assert all(0.15 <= severity <= 1 for findings in drawn for severity in findings.values())


def test_lasting_findings_follow_the_patient():
    first, second = draw_findings(1, 0.5, patient=9), draw_findings(2, 0.5, patient=9)
    lasting = {"cardiomegaly", "nodule", "interstitial"}
    assert {k: v for k, v in first.items() if k in lasting} == {k: v for k, v in second.items() if k in lasting}


def test_prevalence_of_an_unknown_finding_is_refused():
    with pytest.raises(ValueError, match="gout"):
        draw_findings(1, {"gout": 0.1})
