"""Every data set of the yardstick, by the name of its case."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.labels.data import Data, digits, digits_multilabel
from tests.bench.labels.packs import kermany, nih_64
from tests.bench.labels.phantoms import phantoms_rare

DATA: dict[str, Callable[[], Data]] = {
    "digits": digits,
    "digits_multilabel": digits_multilabel,
    "phantoms_rare": phantoms_rare,
    "kermany": kermany,
    "nih_64": nih_64,
}
