"""The names of timm's networks, read from its source: asking timm itself would load torch, which no form may."""

import importlib.util
import re
from functools import cache
from pathlib import Path

TIMM = "timm:"
REGISTERED = re.compile(
    r"^@register_model\s*\ndef (\w+)\(", re.MULTILINE
)  # timm's own rule: every network is such a function


@cache
def names() -> frozenset[str]:
    """All networks of the timm that is installed, without the prefix; none where it is not."""
    spec = importlib.util.find_spec("timm")
    if spec is None or spec.origin is None:
        return frozenset()
    found: set[str] = set()
    for path in Path(spec.origin).with_name("models").glob("*.py"):
        found.update(REGISTERED.findall(path.read_text(encoding="utf-8")))
    return frozenset(found)
