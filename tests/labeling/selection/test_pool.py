import numpy as np
import pytest

from labeling.selection.pool import FindingOutput, Pool

EFFUSION = FindingOutput("effusion")


def test_blocks_are_views_in_the_order_of_the_layout():
    view = FindingOutput("view", "categorical", options=("PA", "AP"))
    outputs = np.array([[0.1, 0.7, 0.3]])
    blocks = list(Pool(outputs, (EFFUSION, view)).blocks())
    assert [(output.finding, block.tolist()) for output, block in blocks] == [
        ("effusion", [[0.1]]),
        ("view", [[0.7, 0.3]]),
    ]
    assert all(np.shares_memory(block, outputs) for _, block in blocks)


def test_available_leaves_out_the_excluded():
    assert Pool(np.zeros((3, 1)), (EFFUSION,), excluded=np.array([True, False, True])).available == 1


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.1, np.inf])
def test_what_is_no_probability_is_refused(value):
    with pytest.raises(ValueError, match="effusion: 1 of 2 rows are NaN or outside 0..1"):
        Pool(np.array([[0.5], [value]]), (EFFUSION,))


def test_options_that_make_no_whole_are_refused():
    view = FindingOutput("view", "categorical", options=("PA", "AP"))
    said = np.array([[0.7, 0.301], [0.9, 0.9], [0.2, 0.2]], np.float16)
    with pytest.raises(ValueError, match="view: 2 of 3 rows"):
        Pool(said, (view,))
    assert Pool(said, (view,), excluded=np.array([False, True, True])).available == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"outputs": np.zeros((3, 2))},
        {"outputs": np.zeros(3)},
        {"excluded": np.zeros(2, dtype=bool)},
        {"excluded": np.zeros(3)},
        {"embeddings": np.zeros((2, 8))},
        {"labelled": np.array([True, False, True])},
        {"labelled": np.array([0.0, 1.0])},
        {"labelled": np.array([[0, 1]])},
        {"labelled": np.array([0, 2, 0])},
    ],
)
def test_shapes_that_disagree_are_refused(parts):
    with pytest.raises(ValueError):
        Pool(**{"outputs": np.zeros((3, 1)), "layout": (EFFUSION,), **parts})


@pytest.mark.parametrize(
    "parts", [{"kind": "guess"}, {"kind": "categorical"}, {"options": ("a", "b")}, {"kind": "measurement", "scale": 0}]
)
def test_an_output_that_makes_no_sense_is_refused(parts):
    with pytest.raises(ValueError, match="lesion"):
        FindingOutput("lesion", **parts)


def test_memory_mapped_embeddings_stay_on_disk(tmp_path):
    np.save(tmp_path / "shard.npy", np.zeros((3, 8), dtype=np.float16))
    shard = np.load(tmp_path / "shard.npy", mmap_mode="r")
    assert isinstance(Pool(np.zeros((3, 1)), (EFFUSION,), embeddings=shard).embeddings, np.memmap)
