import numpy as np

from inference.engine.attention import Box
from training.engine.attention import CASES, attention_report
from training.engine.packaging import package


def test_the_maps_of_a_trained_network_beat_random_ones(train, data):
    bundle = package(train(epochs=8, batch=8), data)
    boxes = []
    for side in data.labels[:, 1]:
        left = 0.5 if side == 2 else 0.0  # the map has two places a side
        boxes.append({"nodule": [Box(left, 0.0, left + 0.5, 1.0)]})
    [(name, figures)] = attention_report(bundle, data.images, data.labels, boxes).items()
    assert name == "nodule" and figures["cases"] == figures["boxed"] == CASES
    assert figures["deletion"] < figures["deletion_random"] and figures["insertion"] > figures["insertion_random"]
    assert figures["pointing"] > figures["pointing_random"] + 0.2


def test_without_a_positive_or_a_box_nothing_is_said_of_them(train, data):
    bundle = package(train(epochs=1), data)
    assert attention_report(bundle, data.images, np.zeros_like(data.labels)) == {}
    figures = attention_report(bundle, data.images[:9], data.labels[:9])["nodule"]
    assert "pointing" not in figures and figures["cases"] == (data.labels[:9, 0] == 1).sum()
