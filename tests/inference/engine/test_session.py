import subprocess
import sys

import numpy as np
import pytest
import torch

from inference.engine.session import ModelSession

IMPORTS = (
    "import sys, inference.engine.session, inference.engine.cam; print('torch' in sys.modules, 'django' in sys.modules)"
)


def test_it_answers_as_the_network_does(bundle, network, images):
    scores = ModelSession(bundle).run(images)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images))
    for ours, theirs in zip((scores.logits, scores.embedding, scores.maps), expected, strict=True):
        assert np.allclose(ours, theirs.numpy(), atol=1e-4)


def test_batches_do_not_change_the_answer(bundle, images):
    session = ModelSession(bundle)
    assert np.allclose(session.run(images, batch=2).logits, session.run(images).logits, atol=1e-6)


def test_probabilities_are_calibrated(bundle):
    answers = ModelSession(bundle).probabilities(np.array([[0.25, 0.0, 0.0, 2 * np.log(2), 120.0]], np.float32))
    assert answers == pytest.approx(np.array([[0.5, 0.25, 0.25, 0.5, 120.0]]))


@pytest.mark.parametrize("shape", [(0, 1, 64, 64), (2, 3, 64, 64), (2, 1, 32, 32), (64, 64)])
def test_images_not_prepared_for_it_are_refused(bundle, shape):
    with pytest.raises(ValueError, match="prepared for this model"):
        ModelSession(bundle).run(np.zeros(shape, np.float32))


def test_serving_loads_no_torch():
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
