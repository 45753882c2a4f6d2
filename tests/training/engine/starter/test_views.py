import torch

from training.engine.starter.views import view


def seeded(films, seed):
    torch.manual_seed(seed)
    return view(films, 24)


def test_a_view_is_a_normalised_square():
    looks = seeded(torch.rand(6, 1, 32, 32), 0)
    assert looks.shape == (6, 1, 24, 24)
    assert looks.isfinite().all()


def test_each_film_of_a_batch_is_seen_in_its_own_way():
    looks = seeded(torch.rand(1, 1, 32, 32).repeat(2, 1, 1, 1), 0)
    assert not torch.equal(looks[0], looks[1])


def test_a_seed_gives_the_same_views():
    films = torch.rand(3, 1, 32, 32)
    assert torch.equal(seeded(films, 1), seeded(films, 1))
    assert not torch.equal(seeded(films, 1), seeded(films, 2))


def test_left_stays_left():
    films = torch.zeros(200, 1, 32, 32)
    films[:, :, :, :16] = 1
    looks = seeded(films, 0)
    assert (looks[:, :, :, :12].mean((1, 2, 3)) > looks[:, :, :, 12:].mean((1, 2, 3))).float().mean() > 0.8
