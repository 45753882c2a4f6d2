import numpy as np
import pytest
import torch

from training.engine.losses import MAX_RATIO, criterion_for


@pytest.fixture
def criterion(data):
    return criterion_for(data.labels, data.weights, data.layout, balanced=True)


def tensors(*rows):
    return torch.tensor(rows, dtype=torch.float32)


def test_each_kind_has_its_loss(criterion):
    logits = tensors([0, 0, 0, 0, 1])
    labels = tensors([0, 2, criterion.centre[2]])
    assert criterion.terms(logits, labels)[0].tolist() == pytest.approx([np.log(2), np.log(3), 0.5])


def test_unknown_labels_and_weights_of_zero_give_no_loss_and_no_gradient(criterion):
    logits = torch.randn(4, 5, requires_grad=True)
    labels = torch.full((4, 3), torch.nan)
    labels[:2] = tensors([1, 0, 90], [0, 1, 80])
    loss = criterion(logits, labels, tensors([1, 1, 1], [0, 0, 0], [1, 1, 1], [1, 1, 1]))
    loss.backward()
    assert torch.isfinite(loss) and logits.grad[0].any() and not logits.grad[1:].any()


def test_a_batch_without_labels_costs_nothing(criterion):
    logits = torch.randn(2, 5, requires_grad=True)
    loss = criterion(logits, torch.full((2, 3), torch.nan), torch.ones(2, 3))
    loss.backward()
    assert loss.item() == 0 and not logits.grad.any()


@pytest.mark.parametrize(("positives", "weight"), [(1, MAX_RATIO), (20, 4.0), (50, 1.0), (100, 1.0), (0, 1.0)])
def test_rare_positives_weigh_more_within_bounds(data, positives, weight):
    labels = np.zeros((100, 3), np.float32)
    labels[:positives, 0] = 1
    assert criterion_for(labels, np.ones_like(labels), data.layout, balanced=True).positive[0] == pytest.approx(weight)
    assert criterion_for(labels, np.ones_like(labels), data.layout, balanced=False).positive[0] == 1


def test_measurements_that_never_differ_keep_a_finite_scale(data):
    labels = np.full((10, 3), 1, np.float32)
    criterion = criterion_for(labels, np.ones_like(labels), data.layout, balanced=True)
    assert (criterion.centre[2], criterion.spread[2]) == (1.0, 1.0)
