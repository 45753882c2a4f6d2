from dataclasses import replace

import numpy as np
import pytest

from training.engine.packaging import package
from training.engine.shortcuts import border_only, central_only, linear_probe, shortcut_report


def test_border_and_centre_are_the_two_parts_of_the_image(data):
    images = data.images[:3]
    border, centre = border_only(images, data.preparation), central_only(images, data.preparation)
    assert (border[:, 3:-3, 3:-3] == 128).all() and np.array_equal(border[:, :3], images[:, :3])
    assert (centre[:, :3] == 128).all() and np.array_equal(centre[:, 3:-3, 3:-3], images[:, 3:-3, 3:-3])


def test_the_line_finds_a_mark_on_the_border_and_nothing_where_nothing_is(data):
    rng = np.random.default_rng(0)
    labels = data.labels[:, 0]
    noise = rng.normal(size=(160, 10)).astype(np.float32)
    marked = noise + 3 * np.nan_to_num(labels)[:, None]
    assert linear_probe(marked, labels, data.groups) > 0.95
    assert linear_probe(noise, labels, data.groups) == pytest.approx(0.5, abs=0.15)


def test_the_report_tells_centre_from_border(train, data):
    bundle = package(train(epochs=8, batch=8), data)
    report = shortcut_report(bundle, data.images, data.labels, data.groups)
    assert list(report) == ["nodule"]
    assert report["nodule"]["whole"] > 0.9 and report["nodule"]["central_only"] > 0.9
    assert report["nodule"]["border_only"] == pytest.approx(0.5, abs=0.15)
    assert set(report["nodule"]) == {"whole", "border_only", "central_only", "linear_border", "linear_whole"}


def test_too_few_patients_leave_the_probe_out(train, data):
    bundle = package(train(epochs=1), data)
    few = replace(data, groups=np.array(["one"] * 160))
    assert "linear_border" not in shortcut_report(bundle, few.images, few.labels, few.groups)["nodule"]
