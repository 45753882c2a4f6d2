"""Interval strips."""

from __future__ import annotations

from xml.etree import ElementTree

from frontend.charts.strip import Span, about_zero, axis, change, reach, strip

BEFORE, NOW = Span("champion", 0.82, 0.78, 0.86), Span("challenger", 0.88, 0.84, 0.92)


def test_a_table_shares_one_scale_from_the_tenth_below():
    scale = reach([BEFORE, NOW])
    assert (scale.low, scale.high) == (0.7, 1.0)
    assert reach([]).low < reach([]).high


def test_both_models_are_drawn_and_spoken():
    chart = ElementTree.fromstring(strip(reach([BEFORE, NOW]), NOW, BEFORE))
    assert chart.attrib["aria-label"] == "champion 0.820, 0.78 to 0.86; challenger 0.880, 0.84 to 0.92"
    assert len(list(chart.iter("circle"))) == len(list(chart.iter("rect"))) == 1


def test_a_first_model_stands_alone():
    assert not list(ElementTree.fromstring(strip(reach([NOW]), NOW)).iter("circle"))


def test_a_missing_value_draws_the_grid_alone():
    chart = ElementTree.fromstring(strip(reach([]), None))
    assert chart.attrib["aria-label"] == "no value"


def test_the_head_names_the_grid():
    assert "0.8" in "".join(ElementTree.fromstring(axis(reach([BEFORE]))).itertext())


def test_a_change_stands_beside_its_limit():
    moved = Span("female", 0.01, -0.03, 0.05)
    chart = ElementTree.fromstring(change(about_zero([moved], -0.1), moved, -0.1))
    zero, limit = (float(line.attrib["x1"]) for line in chart.iter("line") if "y1" not in line.attrib)
    assert limit < zero == 95
