"""The splits that data sets come with."""

from __future__ import annotations

from training.datasets.words import plain

SPLITS = {
    "train": "train",
    "training": "train",
    "trainset": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def split_of(word: str) -> str:
    """train, validation or test; "" for any other word."""
    return SPLITS.get(plain(word), "")
