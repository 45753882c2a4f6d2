import torch

from training.engine.starter.objective import PROJECTED, disagreement


def test_equal_views_that_spread_in_every_direction_cost_nothing():
    views = 2 * torch.eye(PROJECTED) * PROJECTED**0.5
    assert disagreement(views, views) < 0.05


def test_a_network_that_answers_everything_alike_pays_for_it():
    constant = torch.zeros(8, PROJECTED)
    assert torch.isclose(disagreement(constant, constant), torch.tensor(0.99), atol=1e-4)


def test_views_that_differ_cost_more():
    torch.manual_seed(0)
    first = torch.randn(64, PROJECTED)
    assert disagreement(first, torch.randn(64, PROJECTED)) > disagreement(first, first) + 1


def test_dimensions_that_repeat_each_other_cost_more():
    torch.manual_seed(0)
    alike = torch.randn(512, 1).repeat(1, PROJECTED)
    unlike = torch.randn(512, PROJECTED)
    assert disagreement(alike, alike) > disagreement(unlike, unlike) + 1
