import json

import pytest

from inference.engine.bundle import CARD, GRAPH, WEIGHTS, Bundle, Card
from inference.engine.digest import ArtifactError, sha256_of


def test_files_give_the_bundle_back(bundle):
    assert Bundle.from_files(bundle.to_files(), bundle.sha256) == bundle


@pytest.mark.parametrize("name", [CARD, WEIGHTS, GRAPH])
def test_an_altered_file_is_refused(bundle, name):
    files = bundle.to_files()
    files[name] = files[name][:-2] + b"\x00}"
    with pytest.raises(ArtifactError, match="altered"):
        Bundle.from_files(files, bundle.sha256)


def test_a_missing_file_is_named(bundle):
    files = bundle.to_files()
    del files[GRAPH]
    with pytest.raises(ArtifactError, match=r"lacks model\.onnx"):
        Bundle.from_files(files, bundle.sha256)


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"extra": 1}, {"thresholds": {}}, {"calibrations": [{"slope": -1, "offset": 0}]}, {"layout": 3}],
)
def test_a_card_it_could_not_have_written_is_refused(bundle, change):
    data = json.dumps(json.loads(bundle.card.to_json()) | change).encode()
    with pytest.raises(ArtifactError, match="model card is unreadable"):
        Card.from_json(data)


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"\xff", b"{}"])
def test_a_card_that_is_no_card_is_refused(data):
    with pytest.raises(ArtifactError, match="unreadable"):
        Card.from_json(data)


def test_the_digest_covers_weights_and_graph(bundle, altered):
    assert altered(weights_sha256=sha256_of(b"other")).sha256 != bundle.sha256
    assert altered(onnx_sha256=sha256_of(b"other")).sha256 != bundle.sha256
