import numpy as np
import pytest

from inference.engine.digest import ArtifactError
from inference.engine.stages import open_stage
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.results import StageImage
from tests.training.engine.stages.gate_films import film, films
from training.engine.stages.gate import fit
from training.engine.stages.gate_limits import farthest


@pytest.fixture(scope="module")
def bundle():
    return fit(films(80))


@pytest.fixture(scope="module")
def gate(bundle):
    return open_stage(bundle)


def codes(result):
    return [reason.code for reason in result.reasons]


def test_films_like_those_of_the_project_pass(gate):
    verdicts = [result.verdict for result in gate.examine(films(60, seed=1))]
    assert verdicts.count("pass") >= 57


def test_noise_is_not_like_the_project(gate):
    noise = StageImage(np.random.default_rng(0).random((96, 96), np.float32))
    (result,) = gate.examine([noise])
    assert result.verdict == "abstain"
    assert "not_like_the_project" in codes(result)


def test_an_inverted_film_is_a_warning(gate):
    (result,) = gate.examine([StageImage(1 - films(1, seed=2)[0].pixels)])
    assert result.verdict == "warn"
    assert codes(result) == ["inverted"]


def test_a_film_in_false_colours_is_not_like_the_project(gate):
    grey = films(1, seed=3)[0].pixels
    (result,) = gate.examine([StageImage(np.stack([grey, grey * 0.4, 1 - grey], axis=2))])
    assert result.verdict == "abstain"
    assert "not_like_the_project" in codes(result)


def test_a_film_saved_in_three_channels_passes(gate):
    grey = films(1, seed=3)[0].pixels
    one, three = gate.examine([StageImage(grey), StageImage(np.repeat(grey[..., None], 3, axis=2))])
    assert one.verdict == three.verdict == "pass"
    assert three.facts["distance"] == pytest.approx(one.facts["distance"], abs=0.01)


def test_a_grey_image_is_not_like_a_project_in_colour():
    tint = np.array([0.9, 0.6, 0.5], np.float32)
    gate = open_stage(fit([StageImage(image.pixels[..., None] * tint) for image in films(80)]))
    own, grey = gate.examine([StageImage(films(1, seed=4)[0].pixels[..., None] * tint), films(1, seed=4)[0]])
    assert own.verdict == "pass"
    assert "not_like_the_project" in codes(grey)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda film: film * 0.05, "underexposed"),
        (lambda film: np.clip(film * 4, 0, 1), "overexposed"),
        (lambda film: film * 0.1 + 0.5, "low_contrast"),
        (lambda film: np.full_like(film, film.mean()), "low_contrast"),
        (lambda film: film[:30, :30], "too_small"),
    ],
)
def test_a_spoiled_film_is_refused_and_the_reason_named(gate, spoil, code):
    (result,) = gate.examine([StageImage(spoil(films(1, seed=5)[0].pixels))])
    assert result.verdict == "abstain"
    assert code in codes(result)


def test_an_image_does_not_depend_on_those_beside_it(gate):
    several = films(5, seed=6)
    together = [result.facts["distance"] for result in gate.examine(several)]
    alone = [gate.examine([image])[0].facts["distance"] for image in several]
    assert together == pytest.approx(alone, abs=1e-3)


def test_the_same_images_give_the_same_bundle(bundle):
    assert fit(films(80)).sha256 == bundle.sha256


def test_a_gate_read_back_from_its_files_says_the_same(bundle, gate):
    image = films(1, seed=7)
    again = open_stage(StageBundle.from_files(bundle.to_files(), bundle.sha256))
    assert again.examine(image) == gate.examine(image)


def test_mahalanobis_is_another_distance_of_the_same_gate():
    gate = open_stage(fit(films(80), distance="mahalanobis"))
    own, noise = gate.examine([*films(1, seed=8), StageImage(np.random.default_rng(0).random((96, 96), np.float32))])
    assert own.verdict == "pass"
    assert noise.verdict == "abstain"


def test_too_few_images_are_refused_with_the_number_needed():
    with pytest.raises(ValueError, match="at least 50"):
        fit(films(49))


def test_copies_do_not_make_up_for_too_few_images():
    with pytest.raises(ValueError, match="30 of these differ"):
        fit(films(30) * 2)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 3000), (3, 2000, 3)])
def test_an_image_of_any_shape_is_answered(gate, shape):
    (result,) = gate.examine([StageImage(np.ones(shape, np.float32))])
    assert result.verdict == "abstain"
    assert "too_small" in codes(result)


def test_nothing_is_asked_and_nothing_answered(gate):
    assert gate.examine([]) == []


@pytest.mark.parametrize("share", [0, 0.6, float("nan")])
def test_a_share_of_false_refusals_is_sensible(share):
    with pytest.raises(ValueError, match="false refusals"):
        fit(films(50), false_refusals=share)


def test_a_card_without_limits_is_no_gate(bundle):
    broken = StageBundle.pack(kind="gate", architecture="neighbours", parameters={"k": 3}, arrays=bundle.unpack())
    with pytest.raises(ArtifactError, match="limit"):
        open_stage(broken)


def test_copies_of_an_image_do_not_widen_the_limit():
    rng = np.random.default_rng(0)
    copies = [StageImage(film(rng))] * 40
    gate = open_stage(fit([*films(80), *copies]))
    (result,) = gate.examine([StageImage(rng.random((96, 96), np.float32))])
    assert result.verdict == "abstain"


def test_the_limit_of_many_distances_is_their_quantile():
    distances = np.random.default_rng(0).gamma(9, size=5000)
    assert farthest(distances, 0.01) == np.quantile(distances, 0.99)


def test_the_limit_of_few_distances_lies_near_that_of_many():
    rng = np.random.default_rng(0)
    true = np.quantile(rng.gamma(9, size=100_000), 0.99)
    limits = [farthest(rng.gamma(9, size=60), 0.01) for _ in range(200)]
    assert np.mean(limits) == pytest.approx(true, rel=0.05)


def test_equal_distances_are_their_own_limit():
    assert farthest(np.full(60, 2.0), 0.01) == 2.0
