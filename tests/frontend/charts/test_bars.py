"""Counts as bars."""

from __future__ import annotations

from xml.etree import ElementTree

from frontend.charts.bars import Bar, balance, pyramid, shares


def test_shares_fill_by_their_part_of_all():
    chart = ElementTree.fromstring(shares([Bar("PA", 3), Bar("AP", 1)], label="Views"))
    assert [bar.attrib["width"] for bar in chart.iter("rect") if bar.attrib["class"] == "f1"] == ["75.0%", "25.0%"]
    assert "75 %" in "".join(chart.itertext())


def test_nothing_counted_draws_empty_bars():
    for text in (shares([Bar("PA", 0)], label="Views"), balance([Bar("Effusion", 0)], label="Balance")):
        assert "nan" not in text.lower()


def test_balance_sets_uncertain_behind_present():
    chart = ElementTree.fromstring(balance([Bar("Effusion", 30, 10)], label="Balance"))
    present, uncertain = chart.iter("rect")
    assert uncertain.attrib["x"] == present.attrib["width"]
    assert chart.attrib["aria-label"] == "Balance. Effusion 30 and 10"


def test_a_pyramid_speaks_its_numbers():
    chart = ElementTree.fromstring(pyramid([("60–69", 4, 2)], left="male", right="female", label="Age"))
    assert chart.attrib["aria-label"] == "Age. 60–69: 4 male, 2 female"


def test_words_keep_their_size_in_a_card_of_any_width():
    """A viewBox would make the letters grow and shrink with the card."""
    pairs = [Bar("PA", 3), Bar("AP", 1)]
    people = pyramid([("60–69", 4, 2)], left="male", right="female", label="Age")
    for text in (shares(pairs, label="Views"), balance(pairs, label="Balance"), people):
        chart = ElementTree.fromstring(text)
        assert "viewBox" not in chart.attrib and int(chart.attrib["height"]) > 0
