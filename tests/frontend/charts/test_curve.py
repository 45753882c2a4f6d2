"""Curves over epochs."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from frontend.charts.curve import Limit, Series, curve

RISING = Series("validation", ((1, 0.7), (2, 0.8), (3, 0.85)))


def drawn(*series: Series, **options: object) -> ElementTree.Element:
    chosen = {"label": "AUROC", "x_to": 30, "x_words": "Epoch", "y_from": 0.7, "y_to": 1.0, **options}
    return ElementTree.fromstring(curve(list(series), **chosen))


def test_a_line_has_one_point_an_epoch():
    (line,) = drawn(RISING).iter("polyline")
    assert len(line.attrib["points"].split()) == 3


def test_a_rising_line_rises_on_the_page():
    (line,) = drawn(RISING).iter("polyline")
    tops = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert tops == sorted(tops, reverse=True)


def test_the_axis_is_the_whole_runs_from_the_first_epoch():
    first = drawn(Series("validation", ((1, 0.7), (2, 0.8))))
    later = drawn(Series("validation", ((1, 0.7), (2, 0.8), (3, 0.9))))
    ends = [next(chart.iter("polyline")).attrib["points"].split()[:2] for chart in (first, later)]
    assert ends[0] == ends[1]


def test_a_single_epoch_is_a_dot():
    assert [dot.attrib["r"] for dot in drawn(Series("validation", ((1, 0.7),))).iter("circle")] == ["3"]


def test_no_epoch_yet_draws_the_axes_alone():
    chart = drawn(Series("validation", ()), best=max)
    assert not list(chart.iter("polyline"))
    assert "Epoch" in "".join(chart.itertext())


def test_the_best_epoch_is_named():
    chart = drawn(RISING, best=lambda points: max(points, key=lambda point: point[1]))
    assert "best 0.850" in "".join(chart.itertext())


def test_a_limit_below_the_scale_widens_it():
    chart = drawn(RISING, limit=Limit(0.42, "model 1"))
    places = [float(line.attrib["y1"]) for line in chart.iter("line") if line.attrib["class"] == "ref"]
    assert 0 < places[0] < 246


def test_words_are_escaped_and_nothing_is_styled_inline():
    text = curve([RISING], label="<b>", x_to=3, x_words='"', y_from=0, y_to=1, limit=Limit(0.5, "<script>"))
    assert not re.search(r"<b>|<script>|style=", text)
