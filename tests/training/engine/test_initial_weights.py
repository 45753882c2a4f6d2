from dataclasses import replace

import numpy as np
import pytest
import torch

from inference.engine import backbones, starter, weights
from inference.engine.digest import ArtifactError, sha256_of
from inference.engine.network import assemble
from inference.engine.outputs import OutputLayout
from training.engine.dataset import Split
from training.engine.initial_weights import fold_standardisation, initial_network
from training.engine.losses import criterion_for
from training.engine.packaging import package
from training.engine.scoring import logits_of


@pytest.fixture
def champion(train, data):
    return package(train("champion", epochs=6), data)


def network_of(bundle):
    """The network whose weights these are, in evaluation mode."""
    card = bundle.card
    network = assemble(card.architecture, card.preparation.channels, card.layout)
    network.load_state_dict(weights.unpack(bundle.weights, card.weights_sha256))
    return network.eval()


def test_a_run_begins_where_the_model_version_ended(recipe, data, champion):
    rows = data.rows(Split.VALIDATION)
    criterion = criterion_for(data.labels, data.weights, data.layout, balanced=True)
    again = replace(recipe, initial="bundle", initial_sha256=champion.sha256)
    network = initial_network(again, criterion, champion)
    fold_standardisation(network, criterion)
    assert np.allclose(logits_of(network, data, rows), logits_of(network_of(champion), data, rows), atol=1e-3)


def test_other_findings_take_the_backbone_and_a_new_head(recipe, data, champion):
    layout = OutputLayout(data.layout.outputs[:1])
    criterion = criterion_for(data.labels[:, :1], data.weights[:, :1], layout, balanced=True)
    network = initial_network(replace(recipe, initial="bundle", initial_sha256=champion.sha256), criterion, champion)
    assert network.head.weight.shape == (1, 128)
    assert torch.equal(network.backbone.stem[0].weight, network_of(champion).backbone.stem[0].weight)


def test_another_bundle_than_the_recipe_names_is_refused(train, champion):
    with pytest.raises(ArtifactError, match="another model version"):
        train("next", initial="bundle", initial_sha256="0" * 64, initial_bundle=champion)
    with pytest.raises(ArtifactError, match="another model version"):
        train("next", initial="bundle", initial_sha256=champion.sha256)


def test_a_bundle_of_another_architecture_is_refused(train, champion):
    with pytest.raises(ArtifactError, match="small_cnn, not a resnet18"):
        train(
            "next",
            architecture="resnet18",
            initial="bundle",
            initial_sha256=champion.sha256,
            initial_bundle=champion,
        )


def test_a_file_of_weights_is_begun_with(train, tmp_path):
    packed = weights.pack(backbones.build("small_cnn", 3, 64).state_dict())
    (tmp_path / "start.safetensors").write_bytes(packed)
    initial = f"file:{tmp_path / 'start.safetensors'}"
    assert train(epochs=1, initial=initial, initial_sha256=sha256_of(packed)).history
    with pytest.raises(ArtifactError, match="altered"):
        train("other", epochs=1, initial=initial, initial_sha256="0" * 64)


def test_a_run_begins_with_the_starter(recipe, data):
    criterion = criterion_for(data.labels, data.weights, data.layout, balanced=True)
    grey = replace(recipe, architecture="chest_cnn", channels=1, initial="starter")
    network = initial_network(grey, criterion, None)
    assert torch.equal(network.backbone.stem[0].weight, starter.state()["stem.0.weight"].float())


def test_another_starter_than_the_recipe_names_is_refused(train):
    with pytest.raises(ArtifactError, match="another starter"):
        train(architecture="chest_cnn", initial="starter", initial_sha256="0" * 64)


def test_the_starter_fits_its_own_architecture_only(train):
    with pytest.raises(ArtifactError, match="chest_cnn, not a small_cnn"):
        train(initial="starter")
