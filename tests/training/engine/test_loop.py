from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from inference.engine.digest import ArtifactError
from training.engine import checkpoint as checkpoints
from training.engine.dataset import Split
from training.engine.trainer import Diverged, Stopped


def weights_of(fitted):
    return torch.cat([tensor.flatten().double() for tensor in fitted.network.state_dict().values()])


def curve(fitted):
    return [(epoch.train_loss, epoch.validation_loss, epoch.validation_auroc) for epoch in fitted.history]


def test_it_learns(train):
    fitted = train(epochs=8, augmentation="chest", batch=8)
    assert fitted.history[-1].validation_auroc["nodule"] > 0.9
    assert fitted.history[-1].validation_loss < fitted.history[0].validation_loss


def test_the_same_seed_gives_the_same_weights_whatever_was_drawn_before(train):
    first = train("a")
    torch.manual_seed(99)
    torch.rand(7)
    assert torch.equal(weights_of(first), weights_of(train("b")))


def test_another_seed_gives_other_weights(train):
    assert not torch.equal(weights_of(train("a")), weights_of(train("b", seed=1)))


def test_the_callers_random_numbers_and_threads_are_left_alone(train):
    torch.manual_seed(5)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    train()
    assert torch.equal(before, torch.get_rng_state()) and torch.get_num_threads() == threads


@pytest.mark.parametrize("batches", [3, 7, 12])
def test_a_stopped_run_resumes_to_the_same_curve_and_weights(train, batches):
    whole = train("whole", dropout=0.2, augmentation="chest")
    asked = count()
    with pytest.raises(Stopped):
        train("parts", dropout=0.2, augmentation="chest", should_stop=lambda: next(asked) == batches)
    resumed = train("parts", dropout=0.2, augmentation="chest")
    assert curve(resumed) == curve(whole)
    assert torch.equal(weights_of(resumed), weights_of(whole))
    assert resumed.best_epoch == whole.best_epoch


def test_it_stops_before_the_next_batch(train, tmp_path):
    asked = count()
    with pytest.raises(Stopped, match="epoch 1"):
        train(should_stop=lambda: next(asked) == 2)
    assert next(asked) == 3
    assert not (tmp_path / "checkpoint.safetensors").exists()


def test_a_finished_run_is_read_from_its_checkpoint(train):
    first = train()
    assert torch.equal(weights_of(first), weights_of(train(should_stop=lambda: True)))


def test_the_checkpoint_of_another_recipe_or_other_data_is_refused(train, data):
    train()
    with pytest.raises(ArtifactError, match="another run"):
        train(seed=1)
    with pytest.raises(ArtifactError, match="another run"):
        train(data=replace(data, weights=data.weights * 2))


def test_progress_is_told_after_every_epoch(train):
    heard = []
    train(on_progress=heard.append)
    ends = [progress for progress in heard if progress.step == progress.steps]
    assert [progress.epoch for progress in ends] == [1, 2, 3]
    assert {progress.epochs for progress in ends} == {3}
    assert all(progress.validation_loss > 0 and "nodule" in progress.validation_auroc for progress in ends)


def test_the_kept_weights_are_those_of_the_kept_epoch(train, tmp_path):
    fitted = train()
    kept = checkpoints.read(tmp_path / "checkpoint.safetensors").best_weights
    assert all(torch.equal(tensor, kept[name]) for name, tensor in fitted.network.state_dict().items())
    best = min(fitted.history, key=lambda epoch: epoch.validation_loss)
    assert fitted.history[fitted.best_epoch - 1].validation_loss <= best.validation_loss + best.validation_error


def test_patience_ends_a_run_that_gets_no_better(train):
    fitted = train(epochs=60, learning_rate=0.3, schedule="constant", patience=2)
    assert len(fitted.history) == fitted.best_epoch + 2 < 60


def test_a_time_limit_ends_the_run_and_completes_the_cycle(train, tmp_path, monkeypatch):
    looks = count()
    steady = SimpleNamespace(monotonic=lambda: next(looks) * 0.1)  # a busy machine's epochs are of no one length
    monkeypatch.setattr("training.engine.trainer.time", steady)
    fitted = train(epochs=1000, time_limit_s=6.0)
    assert 1 <= len(fitted.history) < 1000
    assert sum(epoch.seconds for epoch in fitted.history) < 12
    assert checkpoints.read(tmp_path / "checkpoint.safetensors").facts["position"] > 0.9


def test_without_validation_cases_the_last_epoch_is_kept(train, data):
    fitted = train(data=replace(data, split=np.zeros_like(data.split)))
    assert fitted.best_epoch == 3 and fitted.history[-1].validation_loss is None


def test_without_labels_there_is_nothing_to_learn(train, data):
    with pytest.raises(ValueError, match="No case for training"):
        train(data=replace(data, labels=np.full_like(data.labels, np.nan)))


def test_images_prepared_otherwise_are_refused(train):
    with pytest.raises(ValueError, match="prepared"):
        train(size=48)


def test_a_loss_that_is_no_number_says_so(train, data):
    weights = data.weights.copy()
    weights[data.rows(Split.TRAIN)] = np.finfo(np.float32).max
    with pytest.raises(Diverged, match="epoch 1"):
        train(data=replace(data, weights=weights))
