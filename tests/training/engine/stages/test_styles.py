import pytest
import torch

from training.engine.stages import styles


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        yield


def films(count=8, size=32):
    return torch.rand(count, 1, size, size)


def test_matching_gives_each_film_the_grey_values_of_its_model():
    images = films()
    models = films() * 0.5
    matched = styles.matched(images, models)
    assert torch.equal(matched.flatten(1).sort(1).values, models.flatten(1).sort(1).values)
    assert torch.equal(matched.flatten(1).argsort(1), images.flatten(1).argsort(1))


def test_a_graft_keeps_the_coarse_structure_and_takes_the_fine_one():
    coarse = torch.linspace(0, 1, 32).expand(2, 1, 32, 32).clone()
    grafted = styles.grafted(coarse, films(2))
    assert (styles.blurred(grafted, 4.0) - styles.blurred(coarse, 4.0)).abs().mean() < 0.02
    assert (grafted - coarse).abs().mean() > 0.1


def test_a_quarter_turn_is_clockwise():
    image = torch.zeros(3, 1, 4, 4)
    image[:, 0, 0, 0] = 1  # upper left
    turned = styles.turned(image, torch.tensor([0, 1, 2]))
    assert turned[0, 0, 0, 0] == turned[1, 0, 0, 3] == turned[2, 0, 3, 3] == 1


def test_exposed_films_stay_within_their_range_and_differ_from_each_other():
    images = torch.full((6, 1, 32, 32), 0.5)
    exposed = styles.exposed(images)
    assert 0 <= exposed.min() <= exposed.max() <= 1
    assert exposed.mean((1, 2, 3)).std() > 0.01


def test_edges_are_one_colour_and_leave_the_middle():
    edged = styles.edged(torch.full((200, 1, 32, 32), 0.5), 1.0)
    assert (edged[:, :, 8:24, 8:24] == 0.5).all()
    assert (edged[:, :, :, 0] == 0).float().mean() > 0.2


def test_placing_changes_size_and_moves_all_channels_alike():
    image = films(10).repeat(1, 2, 1, 1)
    placed = styles.placed(image, 24, across=(0.8, 1.3), down=(0.8, 1.3))
    assert placed.shape == (10, 2, 24, 24)
    assert torch.equal(placed[:, 0], placed[:, 1])


def test_half_a_film_comes_from_one_side():
    image = torch.zeros(12, 1, 32, 32)
    image[:, :, :, 16:] = 1
    means = styles.half_films(image, 32).mean((1, 2, 3))
    assert ((means > 0.6) | (means < 0.4)).all()
