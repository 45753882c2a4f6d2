import json

import pytest

from inference.engine.outputs import Output, OutputLayout


def test_it_works(layout):
    assert layout.width == 5
    assert layout.slices == (slice(0, 1), slice(1, 4), slice(4, 5))
    assert layout.columns == ("effusion", "view=AP", "view=PA", "view=lateral", "bone age")


def test_json_gives_the_layout_back(layout):
    assert OutputLayout.from_list(json.loads(json.dumps(layout.to_list()))) == layout


@pytest.mark.parametrize(
    "fields",
    [
        ("", "binary"),
        ("x", "ordinal"),
        ("x", "categorical"),
        ("x", "categorical", ("a", "a")),
        ("x", "binary", ("a", "b")),
    ],
)
def test_nonsense_is_refused(fields):
    with pytest.raises(ValueError):
        Output(*fields)


def test_a_name_occurs_once():
    with pytest.raises(ValueError, match="share a name"):
        OutputLayout((Output("a", "binary"), Output("a", "measurement")))
