import pytest
import torch

from training.engine.augmentation import augment
from training.engine.policies import POLICIES, AugmentationPolicy

BLACK = torch.full((1, 1, 1), -2.0)


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def test_none_changes_nothing():
    images = torch.rand(2, 1, 16, 16)
    assert augment(images, POLICIES["none"], black=BLACK) is images


def test_each_image_of_a_batch_has_its_own_draw():
    changed = augment(torch.rand(1, 1, 32, 32).expand(4, 1, 32, 32), POLICIES["chest"], black=BLACK)
    assert changed.shape == (4, 1, 32, 32)
    assert all(not torch.equal(changed[0], other) for other in changed[1:])


def test_the_chest_policy_never_mirrors():
    images = torch.zeros(64, 1, 32, 32)
    images[:, :, :, 24:] = 1
    changed = augment(images, POLICIES["chest"], black=BLACK)
    assert not POLICIES["chest"].mirror
    assert (changed[..., 22:30].mean((1, 2, 3)) > changed[..., 2:10].mean((1, 2, 3))).all()


def test_the_skin_policy_reaches_all_eight_positions():
    images = torch.zeros(400, 1, 2, 2)
    images[:, 0, 0] = torch.tensor([1.0, 2.0])
    changed = augment(images, AugmentationPolicy(mirror=True), black=BLACK)
    assert len({tuple(image.flatten().round().int().tolist()) for image in changed}) == 8


def test_what_is_uncovered_is_black():
    changed = augment(torch.ones(8, 1, 32, 32), AugmentationPolicy(shift=0.5), black=BLACK)
    assert changed.min() == pytest.approx(-2.0) and changed.max() == pytest.approx(1.0)


def test_a_policy_of_zeros_leaves_the_pixels_where_they_are():
    images = torch.rand(2, 3, 17, 17)
    torch.testing.assert_close(augment(images, AugmentationPolicy(mirror=False, scale=1e-9), black=BLACK), images)
